"""What must be true of the dashboard, of tracing, and of what the access log counts; see checks.py, which has the rest."""

import json
import re

from alarm_checks import ALARMS, API, CONDITIONS, NAME, STAGE, check_metric, written_metrics
from checks import api, check, function, one, put
from transformed import of_type


KINDS_DENIED = {
    "ACCESS_DENIED", "DEFAULT_4XX", "EXPIRED_TOKEN", "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN",
    "UNAUTHORIZED", "WAF_FILTERED",
}  # fmt: skip


def unlogged(template):
    setting = template["Resources"]["Api"]["Properties"]["AccessLogSetting"]
    setting["Format"] = setting["Format"].replace('"error"', '"failure"')


@check(
    another_log=put({"Ref": "OperationLogs"}, "Denials", "Properties", "LogGroupName"),
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
    terms = re.findall(r'\$\.error = "([A-Z0-9_]+)"', f["FilterPattern"])
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

# By which statistic what the functions write says something; all else is counted.
STATISTICS = {"Latency": "p99", "ProviderTime": "p99", "ProviderLeft": "Minimum"}
BY_DIMENSION = {("Code", "Problems", "Sum"), ("Status", "JobRecords", "Sum"), ("Operation", "Faults", "Sum"), ("Operation", "Latency", "p99")}
AT_THE_GATEWAY = {("5XXError", "Sum"), ("4XXError", "Sum"), ("Latency", "p50"), ("Latency", "p99")}


def has_to_be_shown():
    """At the least; problems are shown by their code alone, and records of jobs by their status."""
    plain = {("Usher", name, STATISTICS.get(name, "Sum")) for name in written_metrics() - {"Problems", "JobRecords"}}
    return plain | BY_DIMENSION | {("AWS/ApiGateway", *of) for of in AT_THE_GATEWAY}


SEARCH = r"""SEARCH\('\{Usher,Service,(Code|Operation|Status)\} Service="\$\{AWS::StackName\}" MetricName="(\w+)"', '(\w+)', 300\)"""


def shown_by(widget):
    """Every metric of a widget, and the statistic of it."""
    for metric in widget["properties"].get("metrics", []):
        if isinstance(metric[0], dict):
            searched = re.fullmatch(SEARCH, metric[0]["expression"])
            assert searched and searched[2] in written_metrics(), metric
            yield searched.groups()
            continue
        text = [m for m in metric if isinstance(m, str)]
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        pairs = dict(zip(text[2::2], text[3::2], strict=True))
        check_metric(widget["properties"]["title"], text[0], text[1], {k: REFERENCES.get(v, v) for k, v in pairs.items()})
        yield text[0], text[1], (widget["properties"] | options)["stat"]


@check(
    none=put(None, "Dashboard"),
    no_json=dashboard("]}\n", "]\n"),
    unknown_metric=dashboard('"ColdStarts"', '"Coldstarts"'),
    anothers_stack=dashboard('"ProviderLeft", "Service", "${AWS::StackName}"', '"ProviderLeft", "Service", "usher"'),
    unknown_search=dashboard('MetricName=\\"Faults\\"', 'MetricName=\\"Fault\\"'),
    every_stack=dashboard('Service=\\"${AWS::StackName}\\" MetricName=\\"Problems\\"', 'MetricName=\\"Problems\\"'),
    an_alarm_less=dashboard('"${SecretAlarm.Arn}", ', ""),
    a_metric_less=dashboard(', ["Usher", "ProviderRetries", "Service", "${AWS::StackName}"]', ""),
    one_instead_of_another=dashboard('["Usher", "ProviderThrottled",', '["Usher", "ProviderRetries",'),
    no_refused_credentials=dashboard('["Usher", "CredentialsRefused", "Service", "${AWS::StackName}"],', ""),
    no_refused_tokens=dashboard('["Usher", "AuthorizerDenials", "Service", "${AWS::StackName}"],', ""),
    the_middle_one=dashboard('{"stat": "p99", "label": "p99, in the functions"}', '{"stat": "p50", "label": "p99, in the functions"}'),
    the_middle_one_by_operation=dashboard("'p99', 300)", "'p50', 300)"),
    the_average_of_what_is_left=dashboard('"stat": "Minimum"', '"stat": "Average"'),
    another_region=dashboard('"${AWS::Region}"', '"us-east-1"'),
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
    # Those that are not always there have no ARN where they are not.
    assert shown == set(ALARMS) - set(CONDITIONS), shown
    assert all(w["properties"].get("region", "${AWS::Region}") == "${AWS::Region}" for w in widgets)
    missing = has_to_be_shown() - {metric for w in widgets for metric in shown_by(w)}
    assert not missing, missing


@check(
    one_function=function("Active", "Tracing"),
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
