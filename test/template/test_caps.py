"""Holds the gateway's caps to every plan."""

import pytest

from caps_checks import CAPPED, the_gateway_caps_what_can_flood_the_provider
from contract import PERMISSIONS, is_sign_in
from resolved import broken_rules, resolve
from settings import OFF
from transformed import source, transform

WRITTEN = source()
PLANS = WRITTEN["Parameters"]["Auth0Plan"]["AllowedValues"]


@pytest.mark.parametrize("plan", PLANS)
def test_the_caps_of_a_plan(plan):
    parameters = OFF | {"Auth0Plan": plan} | ({"Auth0Limits": "16/50"} if plan == "custom" else {})
    assert not broken_rules(WRITTEN, parameters)
    the_gateway_caps_what_can_flood_the_provider(resolve(transform(WRITTEN, parameters), parameters))


def test_every_plan_has_a_row():
    """CloudFormation looks up the row of the plan even where a condition leaves its result out."""
    rows = WRITTEN["Mappings"]["RouteCaps"]
    assert set(rows) == set(PLANS)
    assert {tuple(row) for row in rows.values()} == {tuple(rows["free"])} and len(rows["free"]) == len(CAPPED)


def test_capped_routes_exist_and_are_no_sign_ins():
    """The gateway refuses a deployment with an entry for a route that it does not have."""
    routes = {f"{method.upper()} {path}": (path, method) for path, method in PERMISSIONS}
    assert set(CAPPED) <= set(routes)
    assert not [route for route in CAPPED if is_sign_in(*routes[route])]
    urgent = {"PUT /blocks/{user_id}", "DELETE /mfa/{user_id}", "POST /password-tickets", "DELETE /sessions/{user_id}", "POST /password-resets"}
    assert urgent <= set(routes) and not urgent & set(CAPPED)
