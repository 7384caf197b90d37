"""What must be true of the alarms: what each watches, and from where on it goes off."""

import re

from checks import READER, check, put
from transformed import ROOT, of_type

NAME, STAGE, API = {"Ref": "AWS::StackName"}, {"Ref": "Stage"}, {"Ref": "Api"}


def written_metrics():
    """What the functions write, as internal/metrics names it, and what the filter counts."""
    source = (ROOT / "internal/metrics/names.go").read_text()
    names = re.findall(r'^\t\{"([A-Za-z]+)", "(?:Count|Milliseconds)"', source, re.MULTILINE)
    names += re.findall(r'^const [A-Za-z]+ = "([A-Za-z]+)"', source, re.MULTILINE)  # ProviderLeft and others
    assert len(names) > 5 and "ProviderLeft" in names, names
    return {*names, "Denials"}


def codes():
    kinds = (ROOT / "internal/problem/kinds.go").read_text()
    return set(re.findall(r'kind\("([a-z-]+)"', kinds))


def check_metric(where, namespace, name, dimensions):
    """A metric that somebody writes, of this stack alone."""
    if namespace == "AWS/ApiGateway":
        assert name in {"5XXError", "4XXError", "Count", "Latency"}, (where, name)
        assert dimensions == {"ApiName": NAME, "Stage": STAGE}, (where, dimensions)
        return
    if namespace == "AWS/Lambda":  # what nobody calls by a route, and what therefore writes none of ours
        (function,) = dimensions.values()
        assert (name, set(dimensions)) == ("Errors", {"FunctionName"}) and function in ({"Ref": "RotateSecret"}, {"Ref": "RunJob"}), (where, name, dimensions)
        return
    if namespace == "AWS/States":
        assert (name, dimensions) == ("ExecutionsFailed", {"StateMachineArn": {"Ref": "JobsMachine"}}), (where, name, dimensions)
        return
    assert namespace == "Usher" and name in written_metrics(), (where, namespace, name)
    if name == "Denials":
        assert dimensions == {"Api": API}, (where, dimensions)
    elif name == "Problems":
        assert dimensions.pop("Code", None) in codes() and dimensions == {"Service": NAME}, (where, dimensions)
    else:
        assert dimensions == {"Service": NAME}, (where, dimensions)


def metric(namespace, name, **dimensions):
    check_metric(name, namespace, name, dict(dimensions))
    dimensions = [{"Name": of, "Value": value} for of, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}


def gateways(name):
    return metric("AWS/ApiGateway", name, ApiName=NAME, Stage=STAGE)


def ours(name, **code):
    return metric("Usher", name, Service=NAME, **code)


def of_five_minutes(of, statistic="Sum"):
    kind = "Statistic" if statistic == "Sum" else "ExtendedStatistic"
    return of | {kind: statistic, "Period": 300}


def computed(name, label, expression, period, **of):
    """What an expression makes of the sums of metrics, by their ids in it."""
    sums = [{"Id": i, "ReturnData": False, "MetricStat": {"Metric": m, "Period": period, "Stat": "Sum"}} for i, m in of.items()]
    return {"Metrics": [{"Id": name, "Label": label, "Expression": expression}, *sums]}


def above(threshold, points, periods, watched):
    """More than the threshold, in so many of so many periods."""
    return watched | {"Threshold": threshold, "DatapointsToAlarm": points, "EvaluationPeriods": periods}


ALARMS = {
    "FaultsAlarm": above(5, 2, 3, computed(
        "share", "5xx in percent", "IF(requests < 20, IF(faults > 2, 100, 0), 100 * faults / requests)", 300,
        faults=gateways("5XXError"), requests=gateways("Count"),
    )),
    "LatencyAlarm": above(3000, 3, 5, of_five_minutes(gateways("Latency"), "p99") | {"EvaluateLowSampleCountPercentile": "ignore"}),
    "ThrottledAlarm": above(10, 2, 3, of_five_minutes(ours("ProviderThrottled"))),
    "MisconfiguredAlarm": above(0, 1, 1, of_five_minutes(ours("Problems", Code="service-misconfigured"))),
    "CredentialsAlarm": above(0, 3, 12, of_five_minutes(ours("CredentialsRefused"))),
    "SecretAlarm": above(0, 2, 3, of_five_minutes(ours("SecretFailures"))),
    "AuthorizerAlarm": above(0, 2, 3, of_five_minutes(ours("AuthorizerFailures"))),
    "RotationAlarm": above(0, 1, 12, of_five_minutes(metric("AWS/Lambda", "Errors", FunctionName={"Ref": "RotateSecret"}))),
    "JobsAlarm": above(0, 1, 1, of_five_minutes(metric("AWS/States", "ExecutionsFailed", StateMachineArn={"Ref": "JobsMachine"}))),
    "JobWorkerAlarm": above(1, 2, 3, of_five_minutes(metric("AWS/Lambda", "Errors", FunctionName={"Ref": "RunJob"}))),
    "DenialsAlarm": above(50, 1, 1, of_five_minutes(metric("Usher", "Denials", Api=API))),
    # The shortest step of a release is of a minute; the provider's bad days are no reason to take one back.
    "ReleaseAlarm": above(2, 1, 2, computed(
        "own", "own failures", "FILL(defects, 0) + FILL(misconfigured, 0) + FILL(faults, 0) - FILL(answered, 0)", 60,
        defects=ours("Problems", Code="internal"), misconfigured=ours("Problems", Code="service-misconfigured"),
        faults=gateways("5XXError"), answered=ours("Faults"),
    )),
}  # fmt: skip
CONDITIONS = {"ReleaseAlarm": "ReleasesInSteps", "RotationAlarm": "Rotates", "JobsAlarm": "HasJobs", "JobWorkerAlarm": "HasJobs"}


def alarm(value, *path, name="ThrottledAlarm"):
    return put(value, name, "Properties", *path)


def faults(value, *path):
    return alarm(value, "Metrics", *path, name="FaultsAlarm")


def release(value, *path):
    return alarm(value, *path, name="ReleaseAlarm")


FOREIGN = ["arn:aws:sns:eu-central-1:123456789012:x"]


@check(
    one_less=put(None, "SecretAlarm"),
    one_that_nobody_knows=put({"Type": "AWS::CloudWatch::Alarm", "Properties": {}}, "ExtraAlarm"),
    not_always_there=put("Traces", "FaultsAlarm", "Condition"),
    always_there=put(None, "ReleaseAlarm", "Condition"),
    nobody_is_told=alarm([], "AlarmActions"),
    the_end_is_not_told=alarm(None, "OKActions"),
    somebody_else_is_told=alarm(FOREIGN, "AlarmActions"),
    somebody_else_is_told_of_silence=alarm(FOREIGN, "InsufficientDataActions"),
    quiet_hours=alarm("breaching", "TreatMissingData"),
    the_other_way_round=alarm("LessThanThreshold", "ComparisonOperator"),
    no_entry=alarm("Somebody should look.", "AlarmDescription"),
    high_resolution=alarm(10, "Period"),
    off=alarm(False, "ActionsEnabled"),
    named=alarm("throttled", "AlarmName"),
    unknown_metric=alarm("ProviderThrotled", "MetricName"),
    anothers_metric=alarm([], "Dimensions"),
    a_function_each=alarm([{"Name": "Service", "Value": NAME}, {"Name": "Operation", "Value": "GET /users"}], "Dimensions"),
    an_average=alarm("Average", "Statistic"),
    never=alarm(10_000_000, "Threshold"),
    unknown_code=alarm("misconfigured", "Dimensions", 1, "Value", name="MisconfiguredAlarm"),
    retries_for_secrets=alarm("ProviderRetries", "MetricName", name="SecretAlarm"),
    throttled_for_credentials=alarm("ProviderThrottled", "MetricName", name="CredentialsAlarm"),
    a_day_of_them=alarm(288, "DatapointsToAlarm", name="CredentialsAlarm"),
    any_denials=alarm(5_000_000, "Threshold", name="DenialsAlarm"),
    slow_for_an_hour=alarm(3_000_000, "Threshold", name="LatencyAlarm"),
    the_fastest=alarm("p1", "ExtendedStatistic", name="LatencyAlarm"),
    more_than_all=alarm(500, "Threshold", name="FaultsAlarm"),
    no_rotation_fails=put(None, "RotationAlarm"),
    another_function_fails=alarm({"Ref": READER}, "Dimensions", 0, "Value", name="RotationAlarm"),
    rotations_succeed=alarm("Invocations", "MetricName", name="RotationAlarm"),
    jobs_succeed=alarm("ExecutionsSucceeded", "MetricName", name="JobsAlarm"),
    another_machine_fails=alarm([], "Dimensions", name="JobsAlarm"),
    always_jobs=put(None, "JobsAlarm", "Condition"),
    the_rotation_fails_for_the_worker=alarm({"Ref": "RotateSecret"}, "Dimensions", 0, "Value", name="JobWorkerAlarm"),
    no_share=faults("0", 0, "Expression"),
    another_stage=faults("prod", 1, "MetricStat", "Metric", "Dimensions", 1, "Value"),
    faults_are_requests=faults("Count", 1, "MetricStat", "Metric", "MetricName"),
    requests_are_faults=faults("5XXError", 2, "MetricStat", "Metric", "MetricName"),
    release_too_late=release(300, "Metrics", 1, "MetricStat", "Period"),
    release_too_long=release(6, "EvaluationPeriods"),
    release_for_the_providers_failures=release("FILL(faults, 0)", "Metrics", 0, "Expression"),
    release_by_an_average=release("Average", "Metrics", 3, "MetricStat", "Stat"),
    release_for_another_code=release("provider-unavailable", "Metrics", 1, "MetricStat", "Metric", "Dimensions", 1, "Value"),
    release_counts_faults_twice=release("Faults", "Metrics", 3, "MetricStat", "Metric", "MetricName"),
    release_misses_one=release(None, "Metrics", 4),
)  # fmt: skip
def every_alarm_watches_what_it_is_for_and_tells_the_topic(t):
    alarms = of_type(t, "AWS::CloudWatch::Alarm")
    assert set(alarms) == set(ALARMS), set(alarms) ^ set(ALARMS)
    tell = [{"Fn::If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}]
    alike = {
        "AlarmActions": tell,
        "OKActions": tell,
        "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold",
    }
    for name, a in alarms.items():
        assert a.get("Condition") == CONDITIONS.get(name), name
        # All of the periods, where it does not say how many.
        found = {"DatapointsToAlarm": a["Properties"]["EvaluationPeriods"]} | a["Properties"]
        assert found.pop("AlarmDescription").endswith(f"See {name} in docs/runbook.md."), name
        assert found == ALARMS[name] | alike, (name, found)
    assert t["Parameters"]["AlarmTopicArn"]["Default"] == ""
    assert t["Conditions"]["HasAlarmTopic"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}
