"""Lines as the stack's log groups hold them: of the functions, of Lambda in both of its formats, and of the gateway."""

import itertools
import json

from insights import line

OPERATIONS, OTHERS, GATEWAY = "usher-OperationLogs-A1", "usher-AuthorizerAndRotationLogs-B2", "usher-AccessLogs-C3"
READER, MANAGER, AUTHORIZER, ROTATION = "usher-GetUser-A1B2", "usher-CreateUser-C3D4", "usher-Authorizer-E5F6", "usher-RotateSecret-G7H8"
INVOCATION = "79b4f56e-95b1-4643-9700-2807f4e68189"

WORKER = "usher-RunJob-I9J0"
_clock = itertools.count(1_767_225_600_000, 1000)


def lines(function, *messages):
    """What an instance of a function has in its log stream. The name of a stream in a group of one's own has the function's name."""
    group = OTHERS if function in (AUTHORIZER, ROTATION) else OPERATIONS
    return [line(group, f"2026/01/01/{function}[7]0123456789abcdef", next(_clock), m) for m in messages]


def ours(function, msg, **attributes):
    return lines(function, json.dumps({"time": "2026-01-01T00:00:00Z", "level": "INFO", "msg": msg, "function": function, **attributes}))


def request(function=READER, status=200, **attributes):
    told = {"request_id": "r-1", "method": "GET", "route": "GET /users/{id}", "status": status, "duration_ms": 40, "cold": False}
    return ours(function, "request", **told | {"provider_calls": 1, "provider_ms": 30, "caller": "shop"} | attributes)


def platform(function, kind, **record):
    return lines(function, json.dumps({"time": "2026-01-01T00:00:00Z", "type": "platform." + kind, "record": {"requestId": INVOCATION, **record}}))


def report(function, status, **record):
    return platform(function, "report", status=status, metrics={"durationMs": 41.5, "billedDurationMs": 42, "memorySizeMB": 512}, **record)


def plain(function, *messages):
    """Lambda's lines in plain text, and what a Go program that crashes prints."""
    return lines(function, *messages)


def plain_report(status):
    more = f"\tStatus: {status}" if status else ""
    return f"REPORT RequestId: {INVOCATION}\tDuration: 41.50 ms\tBilled Duration: 42 ms\tMemory Size: 512 MB\tMax Memory Used: 40 MB{more}"


def access(**members):
    told = {"request_id": "r-1", "caller": "arn:aws:sts::123456789012:assumed-role/shop/a", "method": "GET", "route": "/users", "status": "200", "error": "-", "ms": "50", "function_ms": "45"}
    return [line(GATEWAY, "c0ffee", next(_clock), json.dumps(told | members))]


# A quiet hour: lines of every kind that no alarm is about.
QUIET = [
    *platform(READER, "initStart", initializationType="on-demand", phase="init"),
    *platform(READER, "start", version="7"),
    *request(),
    *request(MANAGER, 404, route="DELETE /users/{id}", problem="user-not-found", error="no such user"),
    *ours(MANAGER, "audit", change="POST /users", user="auth0|a", caller="shop", outcome="done"),
    *ours(READER, "metrics", Service="usher", Operation="GET /users/{id}"),
    *report(READER, "success"),
    *ours(WORKER, "job", job="9f86", kind="user-imports", status="running", leg=3, wait_s=5, done=False),
    *ours(WORKER, "job progress", job="9f86", kind="user-imports", status="running"),
    *plain(MANAGER, f"START RequestId: {INVOCATION} Version: 7", f"END RequestId: {INVOCATION}", plain_report(None)),
    *ours(AUTHORIZER, "token accepted", caller="shop", permissions="usher:read"),
    *report(AUTHORIZER, "success"),
    *access(),
]
