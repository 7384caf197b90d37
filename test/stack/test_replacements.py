"""Holds replacements.py to its reasons: what the emulator can do by now is not replaced any more."""

import copy
import json

import pytest

from replacements import DROPPED, REPLACEMENTS, differences, for_the_emulator
from settings import SETTINGS
from stack import WRITTEN, Stack
from transformed import of_type, transform


@pytest.fixture(scope="module")
def whole():
    """The transformed template with all options, which has all that is replaced anywhere."""
    return transform(WRITTEN, SETTINGS["all"])


@pytest.mark.parametrize("replace", REPLACEMENTS)
def test_a_replacement_changes_what_it_says_and_nothing_else(whole, replace):
    assert differences(whole, for_the_emulator(whole, [replace])) == REPLACEMENTS[replace]


def refusal(emulator, resources):
    """Why the emulator does not make a stack of these resources; empty if it does."""
    stack = Stack(emulator, "replaced")
    try:
        stack.cloudformation.create_stack(StackName=stack.name, TemplateBody=json.dumps({"Resources": resources}))
    except stack.cloudformation.exceptions.ClientError as refused:
        return str(refused)
    status, why = stack.settled(), "; ".join(stack.failures())
    stack.delete()
    return "" if status == "CREATE_COMPLETE" else why


@pytest.mark.parametrize("kind", DROPPED)
def test_a_dropped_type_is_one_that_the_emulator_does_not_know(emulator, whole, kind):
    first = next(iter(of_type(whole, kind).values()))
    # Its type alone has to be the reason: without a condition, and with no reference that leads nowhere.
    assert kind in refusal(emulator, {"Dropped": {"Type": kind, "Properties": dict.fromkeys(first["Properties"], "x")}})


def test_the_emulator_knows_no_metric_math(emulator, whole):
    alarms = [a for a in copy.deepcopy(of_type(whole, "AWS::CloudWatch::Alarm")).values() if "Metrics" in a["Properties"]]
    for alarm in alarms:
        plain = {k: v for k, v in alarm["Properties"].items() if k not in ("AlarmActions", "OKActions")}
        for metric in plain["Metrics"]:
            metric.get("MetricStat", {}).get("Metric", {})["Dimensions"] = []
        assert "metric math" in refusal(emulator, {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": plain}})


def test_the_emulator_reads_no_gateway_responses_from_a_definition(emulator):
    response = {"DEFAULT_4XX": {"statusCode": 418, "responseParameters": {}, "responseTemplates": {}}}
    body = {"openapi": "3.0.1", "info": {"title": "x", "version": "1"}, "paths": {}, "x-amazon-apigateway-gateway-responses": response}
    template = {"Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}}}
    stack = Stack(emulator, "responses")
    stack.cloudformation.create_stack(StackName=stack.name, TemplateBody=json.dumps(template))
    assert stack.settled() == "CREATE_COMPLETE"
    (api,) = stack.resources("AWS::ApiGateway::RestApi")
    found = emulator.client("apigateway").get_gateway_response(restApiId=api, responseType="DEFAULT_4XX")
    stack.delete()
    assert found["defaultResponse"], found
