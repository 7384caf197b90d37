"""What the gateway caps for each plan: computed here from Auth0's tables, not from the generator's."""

from checks import api, put
from settings_checks import check
from transformed import one

REST = (10, 150)
WRITES, DELETES = (20, 200), (20, 200)
# The burst and the calls per minute of the self-service plan, by what a request calls; all other plans have one limit.
SELF_SERVICE = {"GET /users": (40, 500), "writes": WRITES, "deletes": DELETES, "rest": REST}
ONE_LIMIT = {"free": (2, 120), "enterprise": (50, 960), "enterprise-nonproduction": (10, 120)}

# Route → its most limited provider call, and the calls that it usually makes.
CAPPED = {
    "GET /users": ("GET /users", 1),
    "GET /roles": ("rest", 1),
    "POST /users": ("writes", 1),
    "PATCH /users/{id}": ("writes", 1),
    "DELETE /users/{id}": ("deletes", 1),
    "DELETE /users": ("deletes", 3),
    "PATCH /metadata/{user_id}": ("writes", 1),
    "PUT /metadata/{user_id}": ("writes", 2),
    "PATCH /app-metadata/{user_id}": ("writes", 1),
    "PUT /app-metadata/{user_id}": ("writes", 2),
    "PUT /user-roles/{user_id}": ("rest", 4),
    "DELETE /user-roles/{user_id}": ("rest", 2),
    "POST /identities/{user_id}": ("rest", 3),
    "DELETE /identities/{user_id}/{provider}/{identity}": ("rest", 2),
    "POST /mfa/{user_id}/enrollments": ("rest", 1),
    "POST /verification-emails": ("rest", 1),
    "POST /verification-tickets": ("rest", 1),
}


def cap(plan, route):
    """Requests per second and burst. A list leaves a quarter of the limit to others, a change a tenth."""
    call, calls = CAPPED[route]
    burst, per_minute = ONE_LIMIT.get(plan) or SELF_SERVICE[call]
    share = 0.75 if route.startswith("GET") else 0.9
    return per_minute / 60 * share / calls, burst


def capped(d):
    """The cap of each route that has an entry, and the entries' other settings."""
    for entry in one(d, "AWS::ApiGateway::Stage")["MethodSettings"][1:]:
        more = dict(entry)
        route = f"{more.pop('HttpMethod')} {more.pop('ResourcePath').removeprefix('/').replace('~1', '/')}"
        yield route, (more.pop("ThrottlingRateLimit"), more.pop("ThrottlingBurstLimit")), more


def plan(name):
    """A sabotage of a row of the table."""

    def change(template):
        template["Mappings"]["RouteCaps"][name]["SetUserRoles"] = [2.25, 10]

    return change


def sign_in_capped(template):
    entry = template["Resources"]["Api"]["Properties"]["MethodSettings"][1]["Fn::If"][1]
    entry.update(HttpMethod="GET", ResourcePath="/~1connections")


ENTRY = ("MethodSettings", 1, "Fn::If", 1)


@check(
    calls_forgotten=("a plan", plan("self-service")),
    of_another_route=("a plan", sign_in_capped),
    no_entry=("a plan", api({"Ref": "AWS::NoValue"}, "MethodSettings", 1)),
    logs=("a plan", api("INFO", *ENTRY, "LoggingLevel")),
    logs_by_default=("a plan", api(None, *ENTRY, "LoggingLevel")),
    rate_and_burst_swapped=("a plan", api({"Fn::Select": [1, {"Fn::FindInMap": ["RouteCaps", {"Ref": "Auth0Plan"}, "CreateUser"]}]}, *ENTRY, "ThrottlingRateLimit")),
    without_a_plan=("off", api({"Fn::If": ["TakesTokens", {}, {"HttpMethod": "GET", "ResourcePath": "/~1users", "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1}]}, "MethodSettings", 1)),
    of_a_custom_plan=("a custom plan", lambda t: t["Conditions"].update(CapsRoutes={"Fn::Equals": ["x", "x"]})),
    another_variable=("a custom plan", put({"Ref": "Auth0Plan"}, "GetUser", "Properties", "Environment", "Variables", "AUTH0_PLAN")),
)  # fmt: skip
def the_gateway_caps_what_can_flood_the_provider(d):
    """And nothing else: neither what is urgent nor a sign-in."""
    name = d["Values"]["Auth0Plan"]
    found = {route: (limit, more) for route, limit, more in capped(d)}
    assert set(found) == (set() if name in ("unknown", "custom") else set(CAPPED)), name
    for route, ((rate, burst), more) in found.items():
        wanted, size = cap(name, route)
        assert abs(rate - wanted) < 0.006 and rate > 0 and burst == size, (name, route, rate, wanted)
        assert more == {"MetricsEnabled": False, "LoggingLevel": "OFF", "DataTraceEnabled": False, "CachingEnabled": False}, route
    for function in (r for r in d["Resources"].values() if r["Type"] == "AWS::Lambda::Function"):
        told = name if name != "custom" else "custom:" + d["Values"]["Auth0Limits"]
        assert function["Properties"]["Environment"]["Variables"]["AUTH0_PLAN"] == told, name
