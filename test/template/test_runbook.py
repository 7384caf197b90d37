"""Runs the queries of docs/runbook.md on the lines of an incident, among lines of every other kind."""

import json
import re

import pytest

from checks import WRITTEN
from insights import InvalidQuery, parse
from log_lines import (
    AUTHORIZER, INVOCATION, MANAGER, QUIET, READER, ROTATION, WORKER, access, ours, plain, plain_report, platform, report, request,
)  # fmt: skip
from runbook import ENTRIES, TEXT
from transformed import ROOT, of_type

MISCONFIGURED = {"status": 500, "problem": "service-misconfigured", "error": "SECRET_ID is missing"}
FAILED = {"status": 502, "problem": "provider-failed", "error": "the provider answered 500"}
CRASHES = [
    *report(READER, "timeout"),
    *report(READER, "error", errorType="Runtime.ExitError"),
    *platform(MANAGER, "initReport", phase="init", status="error", errorType="Runtime.InvalidEntrypoint"),
    *plain(MANAGER, plain_report("timeout"), f"2026-01-01T00:00:00.000Z {INVOCATION} Task timed out after 10.00 seconds"),
    *plain(MANAGER, "panic: runtime error: index out of range", "goroutine 1 [running]:", f"RequestId: {INVOCATION} Error: Runtime exited with error: exit status 2"),
]

# Alarm → the lines of an incident, and what each of the entry's queries finds.
INCIDENTS = {
    "Follow one request": (
        [],
        [[{"request_id": "REQUEST-ID"}]],
    ),
    "FaultsAlarm": (
        [*request(**FAILED), *request(**FAILED), *request(MANAGER, **MISCONFIGURED), *CRASHES],
        [
            [{"problem": "provider-failed", "n": 2, "last": FAILED["error"]}, {"problem": "service-misconfigured", "n": 1}],
            [
                {"lambda": MANAGER, "n": 4, "last": f"RequestId: {INVOCATION} Error: Runtime exited with error: exit status 2"},
                {"lambda": READER, "record.status": "timeout", "n": 1},
                {"lambda": READER, "record.status": "error", "n": 1},
                {"lambda": MANAGER, "record.status": "error", "n": 1},
            ],
        ],
    ),
    "LatencyAlarm": (
        [*request(duration_ms=4000, provider_ms=3900, provider_retries=2), *request(duration_ms=2000, cold=True)],
        [[{"cold": 0, "p99": 4000, "provider_p99": 3900, "retries": 2, "n": 2}, {"cold": 1, "p99": 2000}, {"route": "DELETE /users/{id}"}]],
    ),
    "ThrottledAlarm": (
        request(caller="walker", provider_calls=50, provider_throttled=12),
        [[{"caller": "walker", "calls": 50, "throttled": 12, "n": 1}, {"caller": "shop"}, {"caller": "shop"}]],
    ),
    "MisconfiguredAlarm": (
        [*request(READER, **MISCONFIGURED), *request(MANAGER, route="none", **MISCONFIGURED), *request(MANAGER, route="none", **MISCONFIGURED)],
        [[{"error": "SECRET_ID is missing", "route": "none", "function": MANAGER, "n": 2}, {"function": READER, "n": 1}]],
    ),
    "CredentialsAlarm": (
        [*request(credentials_refused=1), *request(credentials_refused=2, status=500, problem="service-misconfigured")],
        [[{"refused": 3, "n": 2, "ended": "service-misconfigured", "route": "GET /users/{id}"}]],
    ),
    "SecretAlarm": (
        [
            *request(secret_failures=1, problem="service-unavailable", error="AccessDeniedException"),
            *ours(MANAGER, "the secret could not be read again; the last value stays in use", secret="usher/auth", error="timeout"),
        ],
        [[{"function": MANAGER, "error": "timeout"}, {"function": READER, "problem": "service-unavailable"}]],
    ),
    "AuthorizerAlarm": (
        [*ours(AUTHORIZER, "token not checked", error="no keys"), *ours(AUTHORIZER, "the configuration is wrong", error="no issuer")],
        [[{"error": "no keys", "n": 1}, {"error": "no issuer", "n": 1}]],
    ),
    "RotationAlarm": (
        [
            *ours(ROTATION, "event", event={"step": "createSecret", "secret": "arn"}),
            *ours(ROTATION, "event", event={"step": "setSecret", "secret": "arn"}, error="lacks a scope"),
            *report(ROTATION, "error"),
        ],
        [[{"event.step": "setSecret", "event.secret": "arn", "error": "lacks a scope"}, {"event.step": "createSecret"}]],
    ),
    "JobsAlarm": (
        [*ours(WORKER, "job interrupted", job="9f86", error="GetObject was refused"), *ours(WORKER, "job", job="9f86", status="failed")],
        [[{"job": "9f86", "function": WORKER, "n": 1, "last": "GetObject was refused"}]],
    ),
    "JobWorkerAlarm": (
        [*ours(WORKER, "job interrupted", job="9f86", error="no bucket"), *ours(WORKER, "job interrupted", job="7c65", error="no bucket")],
        [[{"error": "no bucket", "n": 2, "last": "7c65"}]],
    ),
    "DenialsAlarm": (
        [*access(error="ACCESS_DENIED", status="403"), *access(error="ACCESS_DENIED", status="403"), *access(error="UNAUTHORIZED", status="401", caller="-"), *ours(AUTHORIZER, "token refused", reason="expired", caller="shop")],
        [
            [{"error": "ACCESS_DENIED", "n": 2, "method": "GET", "route": "/users"}, {"error": "UNAUTHORIZED", "n": 1}],
            [{"reason": "expired", "caller": "shop", "n": 1}],
        ],
    ),
    "ReleaseAlarm": (
        [*request(MANAGER, status=500, problem="internal", error="nil"), *request(MANAGER, status=500, problem="internal", error="nil"), *request(**MISCONFIGURED)],
        [[{"problem": "internal", "function": MANAGER, "n": 2, "last": "nil"}, {"problem": "service-misconfigured", "function": READER, "n": 1}]],
    ),
}  # fmt: skip
INCIDENTS["Follow one request"][0].extend(request(request_id="REQUEST-ID"))


def found(queries, lines):
    return [parse(query).run(lines) for query in queries]


def agree(rows, expected):
    """Rows may have more than what is expected of them."""
    return len(rows) == len(expected) and all(of.items() <= row.items() for row, of in zip(rows, expected, strict=True))


@pytest.mark.parametrize("title", INCIDENTS)
def test_a_query_finds_the_incident_and_nothing_else(title):
    lines, expected = INCIDENTS[title]
    results = found(ENTRIES[title], QUIET + lines)
    assert len(results) == len(expected)
    for rows, of in zip(results, expected, strict=True):
        assert agree(rows, of), rows


def test_every_entry_with_a_query_has_an_incident():
    alarms = set(of_type(WRITTEN, "AWS::CloudWatch::Alarm"))
    assert {title for title, queries in ENTRIES.items() if queries} == set(INCIDENTS) | {"Read the lines"} and alarms < set(INCIDENTS)


def test_the_log_stream_has_the_name_of_the_function():
    (query,) = ENTRIES["Read the lines"]
    rows = parse(query).run(CRASHES)
    assert rows and all(f"/{row['lambda']}[" in row["@logStream"] and row["lambda"] in (READER, MANAGER) for row in rows)


# ------------------------------------------------------------------------ names

SOURCE = "".join(path.read_text() for path in (ROOT / "internal").rglob("*.go") if not path.name.endswith("_test.go"))
LOGGED = json.loads(re.sub(r"\$[A-Za-z.]+", "", WRITTEN["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Format"]))
# Of Lambda's lines in JSON, https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html.
PLATFORM = {"type", "record.status"}


def is_logged(field):
    if field.startswith("@"):
        return field in {"@timestamp", "@message", "@logStream", "@log"}
    if field in PLATFORM | set(LOGGED) or field in ("msg", "level", "time"):
        return True
    return all(f'"{part}"' in SOURCE for part in field.split("."))


ALL = [query for queries in ENTRIES.values() for query in queries]


@pytest.mark.parametrize("query", ALL)
def test_a_query_reads_fields_and_messages_that_exist(query):
    """A query on a field that no line has finds nothing, without an error."""
    assert not [field for field in parse(query).fields if not is_logged(field)]
    for text in re.findall(r'(?:msg|problem) (?:=|in|like) (\[[^\]]+\]|"[^"]+")', query):
        assert not [t for t in re.findall(r'"([^"]+)"', text) if f'"{t}' not in SOURCE and f"{t} " not in SOURCE], text


def test_an_unknown_field_is_seen():
    assert not is_logged("stauts") and not is_logged("event.stepp") and not is_logged("@logGroup")


@pytest.mark.parametrize(
    "query",
    [
        "fliter status = 500", "filter status == 500", "filter status", "filter (status = 500", "stats count() by route",
        "stats count(*) by route", "stats avg(status) as n", "sort status down", "limit many", "filter status = 500 | | limit 5",
        "parse @message *", 'filter problem in "internal"', "filter status = 500 limit 5", "stats pct(status) as n",
    ],
)  # fmt: skip
def test_an_invalid_query_is_refused(query):
    with pytest.raises(InvalidQuery):
        parse(query)


def test_the_lines_of_the_tests_are_like_the_code():
    """An attribute that the code does not write would prove nothing."""
    incidents = [line for lines, _ in INCIDENTS.values() for line in lines]
    written = {field for line in QUIET + incidents if "function" in line for field in line} - {"Service", "Operation"}
    assert not [field for field in written if not is_logged(field)]


def test_the_commands_name_outputs_of_the_stack():
    text = TEXT + (ROOT / "docs/deploy.md").read_text()
    named = set(re.findall(r"`(\w+(?:LogGroup|Url))`|OUTPUT=(\w+)", text))
    assert {a or b for a, b in named} <= set(WRITTEN["Outputs"])
    assert {name for name in WRITTEN["Outputs"] if name.endswith("LogGroup")} <= {a for a, _ in named}
