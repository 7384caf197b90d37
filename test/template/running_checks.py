"""What must be true of alarms, dashboard and tracing; see checks.py, which has the rest."""

import json
import re

from checks import api, check, one, put
from transformed import ROOT, of_type


def written_metrics():
    """What the functions write, as internal/metrics names it, and what the filter counts."""
    source = (ROOT / "internal/metrics/names.go").read_text()
    names = re.findall(r'^\t\{"([A-Za-z]+)", "(?:Count|Milliseconds)"', source, re.MULTILINE)
    assert len(names) > 5, names
    return {*names, "ProviderLeft", "Denials"}


def codes():
    kinds = (ROOT / "internal/problem/kinds.go").read_text()
    return set(re.findall(r'kind\("([a-z-]+)"', kinds))


NAME, STAGE, API = {"Ref": "AWS::StackName"}, {"Ref": "Stage"}, {"Ref": "Api"}


def check_metric(where, namespace, name, dimensions):
    """A metric that somebody writes, of this stack alone."""
    if namespace == "AWS/ApiGateway":
        assert name in {"5XXError", "4XXError", "Count", "Latency"}, (where, name)
        assert dimensions == {"ApiName": NAME, "Stage": STAGE}, (where, dimensions)
        return
    assert namespace == "Usher" and name in written_metrics(), (where, namespace, name)
    if name == "Denials":
        assert dimensions == {"Api": API}, (where, dimensions)
    elif name == "Problems":
        assert dimensions.pop("Code", None) in codes() and dimensions == {"Service": NAME}, (where, dimensions)
    else:
        assert dimensions == {"Service": NAME}, (where, dimensions)


def metrics_of(alarm):
    """Every (namespace, name, dimensions, period) that an alarm looks at."""
    if "Metrics" not in alarm:
        yield alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"], alarm["Period"]
    for entry in alarm.get("Metrics", []):
        if "MetricStat" in entry:
            metric = entry["MetricStat"]["Metric"]
            yield metric["Namespace"], metric["MetricName"], metric["Dimensions"], entry["MetricStat"]["Period"]


def alarm(value, *path, name="ThrottledAlarm"):
    return put(value, name, "Properties", *path)


ALARMS = {"Faults", "Latency", "Throttled", "Misconfigured", "Credentials", "Secret", "Authorizer", "Denials", "Release"}


@check(
    one_less=put(None, "SecretAlarm"),
    unknown_metric=alarm("ProviderThrotled", "MetricName"),
    anothers_metric=alarm([], "Dimensions"),
    a_function_each=alarm([{"Name": "Service", "Value": NAME}, {"Name": "Operation", "Value": "GET /users"}], "Dimensions"),
    unknown_code=alarm("misconfigured", "Dimensions", 1, "Value", name="MisconfiguredAlarm"),
    another_stage=alarm("prod", "Metrics", 1, "MetricStat", "Metric", "Dimensions", 1, "Value", name="FaultsAlarm"),
    nobody_is_told=alarm([], "AlarmActions"),
    the_end_is_not_told=alarm(None, "OKActions"),
    somebody_else_is_told=alarm(["arn:aws:sns:eu-central-1:123456789012:x"], "AlarmActions"),
    quiet_hours=alarm("breaching", "TreatMissingData"),
    the_other_way_round=alarm("LessThanThreshold", "ComparisonOperator"),
    no_entry=alarm("Somebody should look.", "AlarmDescription"),
    high_resolution=alarm(10, "Period"),
    off=alarm(False, "ActionsEnabled"),
    named=alarm("throttled", "AlarmName"),
)
def alarms_watch_what_is_written_and_tell_the_topic(t):
    alarms = of_type(t, "AWS::CloudWatch::Alarm")
    assert set(alarms) >= {name + "Alarm" for name in ALARMS}, set(alarms)
    for name, a in alarms.items():
        a = a["Properties"]
        tell = [{"Fn::If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}]
        assert a["AlarmActions"] == tell and a["OKActions"] == tell and "ActionsEnabled" not in a, name
        assert a["TreatMissingData"] == "notBreaching" and a["ComparisonOperator"] == "GreaterThanThreshold", name
        assert a["AlarmDescription"].endswith(f"See {name} in docs/runbook.md."), name
        assert "AlarmName" not in a, name
        for namespace, metric, dimensions, period in metrics_of(a):
            assert period == (60 if name == "ReleaseAlarm" else 300), name
            check_metric(name, namespace, metric, {d["Name"]: d["Value"] for d in dimensions})
    assert t["Parameters"]["AlarmTopicArn"]["Default"] == ""
    assert t["Conditions"]["HasAlarmTopic"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}


KINDS_DENIED = {
    "ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN",
    "UNAUTHORIZED", "WAF_FILTERED",
}  # fmt: skip


def unlogged(template):
    setting = template["Resources"]["Api"]["Properties"]["AccessLogSetting"]
    setting["Format"] = setting["Format"].replace('"error"', '"failure"')


@check(
    another_log=put({"Ref": "GetUserLogs"}, "Denials", "Properties", "LogGroupName"),
    one_kind=put('{ $.error = "ACCESS_DENIED" }', "Denials", "Properties", "FilterPattern"),
    a_status=put('{ $.status = "403" }', "Denials", "Properties", "FilterPattern"),
    unlogged=unlogged,
    by_caller=put("$.caller", "Denials", "Properties", "MetricTransformations", 0, "Dimensions", 0, "Value"),
    no_api=api('{"time":"$context.requestTimeEpoch","error":"$context.error.responseType"}', "AccessLogSetting", "Format"),
    another_name=put("Denied", "Denials", "Properties", "MetricTransformations", 0, "MetricName"),
)
def denials_are_counted_in_the_access_log(t):
    f = one(t, "AWS::Logs::MetricFilter")
    assert f["LogGroupName"] == {"Ref": "AccessLogs"}
    terms = re.findall(r'\$\.error = "([A-Z_]+)"', f["FilterPattern"])
    assert set(terms) == KINDS_DENIED and len(terms) == len(KINDS_DENIED)
    assert f["FilterPattern"] == "{ " + " || ".join(f'$.error = "{kind}"' for kind in terms) + " }"
    logged = json.loads(one(t, "AWS::ApiGateway::Stage")["AccessLogSetting"]["Format"])
    assert logged["error"] == "$context.error.responseType" and logged["api"] == "$context.apiId"
    counted = {"MetricNamespace": "Usher", "MetricName": "Denials", "MetricValue": "1", "Unit": "Count"}
    assert f["MetricTransformations"] == [counted | {"Dimensions": [{"Key": "Api", "Value": "$.api"}]}]


def dashboard(old, new):
    def change(template):
        properties = template["Resources"]["Dashboard"]["Properties"]
        body = properties["DashboardBody"]["Fn::Sub"]
        assert old in body, old
        properties["DashboardBody"]["Fn::Sub"] = body.replace(old, new, 1)

    return change


REFERENCES = {"${AWS::StackName}": NAME, "${Stage}": STAGE, "${Api}": API}


@check(
    none=put(None, "Dashboard"),
    no_json=dashboard("]}\n", "]\n"),
    unknown_metric=dashboard('"ColdStarts"', '"Coldstarts"'),
    anothers_stack=dashboard('"ProviderLeft", "Service", "${AWS::StackName}"', '"ProviderLeft", "Service", "usher"'),
    unknown_search=dashboard('MetricName=\\"Faults\\"', 'MetricName=\\"Fault\\"'),
    every_stack=dashboard('Service=\\"${AWS::StackName}\\" MetricName=\\"Problems\\"', 'MetricName=\\"Problems\\"'),
    an_alarm_less=dashboard('"${SecretAlarm.Arn}", ', ""),
    on_top_of_each_other=dashboard('"x": 16, "y": 8', '"x": 8, "y": 8'),
    named=put("usher", "Dashboard", "Properties", "DashboardName"),
)
def the_dashboard_shows_what_is_written(t):
    properties = one(t, "AWS::CloudWatch::Dashboard")
    assert set(properties) == {"DashboardBody"}
    text = properties["DashboardBody"]["Fn::Sub"]
    try:
        widgets = json.loads(text)["widgets"]
    except ValueError as e:
        raise AssertionError(f"the dashboard is no JSON: {e}") from e
    taken = set()
    for w in widgets:
        cells = {(x, y) for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])}
        assert not cells & taken and w["x"] + w["width"] <= 24, w
        taken |= cells
    shown = {a[2 : -len(".Arn}")] for w in widgets for a in w["properties"].get("alarms", [])}
    # The one that looks at a release is not always there, and then not for long.
    assert shown == set(of_type(t, "AWS::CloudWatch::Alarm")) - {"ReleaseAlarm"}, shown
    for w in widgets:
        for metric in w["properties"].get("metrics", []):
            if isinstance(metric[0], dict):
                searched = re.search(r"""SEARCH\('\{Usher,Service,(Code|Operation)\} Service="(.*?)" MetricName="(\w+)"'""", metric[0]["expression"])
                assert searched and searched[2] == "${AWS::StackName}" and searched[3] in written_metrics(), metric
                continue
            plain = [m for m in metric if isinstance(m, str)]
            pairs = dict(zip(plain[2::2], plain[3::2], strict=True))
            check_metric(w["properties"]["title"], plain[0], plain[1], {k: REFERENCES.get(v, v) for k, v in pairs.items()})


@check(
    one_function=put("Active", "GetUser", "Properties", "Tracing"),
    always=lambda t: t["Parameters"]["Tracing"].update(Default="Active"),
    at_the_gateway=api(True, "TracingEnabled"),
    not_at_the_gateway=api(None, "TracingEnabled"),
    condition=lambda t: t["Conditions"].update(Traces={"Fn::Equals": [{"Ref": "Tracing"}, "PassThrough"]}),
)
def traces_are_an_option(t):
    assert t["Parameters"]["Tracing"]["Default"] == "PassThrough"
    assert t["Conditions"]["Traces"] == {"Fn::Equals": [{"Ref": "Tracing"}, "Active"]}
    assert one(t, "AWS::ApiGateway::Stage")["TracingEnabled"] == {"Fn::If": ["Traces", True, False]}
    for name, f in of_type(t, "AWS::Lambda::Function").items():
        assert f["Properties"]["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}, name
