"""The definition of the state machine: what its validator says, and what it may hold."""

import copy
import json
import re
import subprocess

import pytest

from transformed import ROOT

FILE = ROOT / "statemachines/jobs.asl.json"
DEFINITION = json.loads(FILE.read_text())
VALIDATOR = ROOT / "tools/asl/node_modules/.bin/asl-validator"
STATES = DEFINITION["States"]


def validated(definition, tmp_path):
    """Whether the validator accepts a definition, and what it says."""
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(definition))
    run = subprocess.run([VALIDATOR, "--json-path", file], capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stdout + run.stderr


def test_the_definition_is_valid(tmp_path):
    valid, said = validated(DEFINITION, tmp_path)
    assert valid, said


@pytest.mark.parametrize(
    "change",
    [
        lambda states: states["Work"].update(Next="Elsewhere"),
        lambda states: states["Wait"].pop("SecondsPath"),
        lambda states: states.pop("Failed"),
        lambda states: states["Continue"]["Choices"][0].update(Variable="done"),
    ],
)
def test_a_fault_is_found(change, tmp_path):
    faulty = copy.deepcopy(DEFINITION)
    change(faulty["States"])
    assert not validated(faulty, tmp_path)[0]


def test_a_loop_without_a_map():
    assert {state["Type"] for state in STATES.values()} == {"Task", "Choice", "Wait", "Succeed", "Fail"}
    assert DEFINITION.get("QueryLanguage", "JSONPath") == "JSONPath"


def test_an_error_is_not_copied_into_a_state():
    """A cause can hold what a function has printed."""
    assert [c["ResultPath"] for c in STATES["Work"]["Catch"]] == [None] and STATES["Close"]["ResultPath"] is None
    assert STATES["Close"]["Parameters"]["Payload"] == {"job.$": "$.job", "run.$": "$.run", "close": True}
    assert "CausePath" not in STATES["Failed"] and "ErrorPath" not in STATES["Failed"]


def test_calls_are_repeated_with_jitter_and_then_the_job_is_closed():
    retriers = [r for state in STATES.values() for r in state.get("Retry", [])]
    assert len(retriers) == 3
    for retrier in retriers:
        assert retrier["JitterStrategy"] == "FULL" and retrier["MaxDelaySeconds"] <= 900 and retrier["MaxAttempts"] >= 8, retrier
    assert STATES["Work"]["Retry"][-1]["ErrorEquals"] == ["States.ALL"]
    assert [c["Next"] for c in STATES["Work"]["Catch"]] == ["Close"] and STATES["Close"]["Next"] == "Failed"


# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MOST_EVENTS = 25_000
# Work: entered, scheduled, started, succeeded, exited. Continue and Wait: entered and exited.
EVENTS_OF_A_LEG = 9
# Scheduled, started, failed.
EVENTS_OF_A_RETRY = 3


def test_the_history_has_room():
    """The last legs of an execution may all have failed as often as they may."""
    (bound,) = map(int, re.findall(r"maxLegs = (\d+)", (ROOT / "internal/jobs/worker.go").read_text()))
    closing = 4 + EVENTS_OF_A_RETRY * STATES["Close"]["Retry"][0]["MaxAttempts"]
    room = MOST_EVENTS - 2 - EVENTS_OF_A_LEG * bound - closing
    assert room >= EVENTS_OF_A_RETRY * 450, room


def test_a_task_waits_longer_than_its_function_can_work():
    from checks import TIMEOUTS

    assert {state["TimeoutSeconds"] for state in STATES.values() if state["Type"] == "Task"} == {TIMEOUTS["RunJob"] + 30}
