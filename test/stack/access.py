"""What must be true of who may call what. Each check returns the deviations; test_sabotage.py proves that it can find some."""

import itertools

from calls import beside_each_other
from operations import OPERATIONS


def of_the_permissions(callers, closed=()):
    """Each caller may call exactly the operations of its permission but those that are closed to all, and what it may call works.

    callers are functions that send an operation's request, by permission.
    """

    def deviation(permission, operation):
        answer = callers[permission](operation)
        if permission not in operation.permissions or operation in closed:
            return None if refused(answer) else f"{permission} may call {operation}: {answer}"
        if refused(answer):
            return f"{permission} may not call {operation}: {answer}"
        return None if works(operation, answer) else f"{operation} fails: {answer}"

    return found(beside_each_other(deviation, *zip(*itertools.product(callers, OPERATIONS), strict=True)))


def of_one_for_all(call):
    """One caller may call every operation, and all work."""

    def deviation(operation):
        answer = call(operation)
        return None if works(operation, answer) and not refused(answer) else f"{operation}: {answer}"

    return found(beside_each_other(deviation, OPERATIONS))


# What the gateway answers to a call without credentials. Functions refuse those as well, in other words.
NO_SIGNATURE = (403, "not-authenticated-or-no-such-route", None)
NO_TOKEN = (401, "unauthorized", "Bearer")


def of_strangers(api, expected):
    """Without credentials nobody gets past the gateway."""

    def deviation(operation):
        answer = api.send(operation.method, operation.target, operation.body, {"Content-Type": operation.media_type})
        is_refused = (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == expected
        return None if is_refused else f"{operation} needs no credentials: {answer}"

    return found(beside_each_other(deviation, OPERATIONS))


def refused(answer):
    """By the gateway, which answers a signed call in AWS's own words there (on AWS by ACCESS_DENIED's document)."""
    return answer.status == 403 and ("AccessDeniedException" in answer.text or answer.code == "forbidden")


def works(operation, answer):
    """The function that answers is the operation's own, and has all that it needs."""
    return answer.status < 500 and str(answer.status) in operation.statuses and answer.code != "no-such-route"


def found(deviations):
    return sorted(filter(None, deviations))
