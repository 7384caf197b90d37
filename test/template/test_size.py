"""Holds the template to its size, for the reader's sake. Each operation may add 12 lines and 4 resources."""

import re

import pytest

from checks import WITHOUT_ROUTES, WRITTEN
from resolved import resolve
from settings import OFF
from transformed import ROOT, operations, transform

TEXT = (ROOT / "template.yaml").read_text()
OPERATIONS = len(list(ROOT.glob("functions/*/main.go"))) - len(WITHOUT_ROUTES)
BLOCK = 11
EXCEPTIONS = 7

INFRASTRUCTURE = 1484
# The bucket, the state machine, the worker, three roles, four policies, two alarms and a rule.
JOBS = 330


def section(text, title):
    """The lines from a section's heading to the next one."""
    (found,) = re.findall(rf"^  # -+ {title}\n(.*?)(?=^  # -{{10,}} )", text, re.MULTILINE | re.DOTALL)
    return found


def blocks(text):
    """Each operation's comment and lines."""
    found = re.findall(r"^((?:  # .*\n)*)(  \w+:\n(?:    .*\n)+)", text, re.MULTILINE)
    return [(comment, block.splitlines()) for comment, block in found]


def crowded(lines):
    """Lines with more than one property of a function. A route and the arguments of an intrinsic function are one value."""
    allowed = r"(Metadata|Variables|ProvisionedConcurrencyConfig|          Properties): "
    return [line for line in lines if "{" in line and not re.match(rf" *{allowed}", line)]


def faults(text, operations):
    of = blocks(section(text, "Operations"))
    long = [block[0] for _, block in of if len(block) > BLOCK]
    found = {
        "whole": text.count("\n") > INFRASTRUCTURE + JOBS + 12 * operations,
        "section": section(text, "Operations").count("\n") > 16 + 12 * operations,
        "exceptions": len(long) > EXCEPTIONS,
        "reasons": [block[0] for comment, block in of if len(block) > BLOCK and not comment],
        "crowded": [line for _, block in of for line in crowded(block)],
    }
    return {name for name, fault in found.items() if fault}


def test_the_template_stays_short():
    assert len(blocks(section(TEXT, "Operations"))) == len(operations(WRITTEN)) == OPERATIONS
    assert not faults(TEXT, OPERATIONS)


def inserted(lines, n=1):
    """The template with lines at the beginning of each of the first n operations' properties."""
    return lambda text: text.replace("      <<: *", lines + "      <<: *", n)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text + "\n" * 100, "whole"),
        (inserted("      Description: x\n", 40), "section"),
        (inserted("      # x\n" * 8, 7), "exceptions"),
        (inserted("      # x\n" * 8, 7), "reasons"),
        (inserted("      VpcConfig: {SubnetIds: [], SecurityGroupIds: []}\n"), "crowded"),
        (lambda text: re.sub(r"(?m)^    Properties:\n      <<: (\*\w+)\n", r"    Properties: {<<: \1}\n", text), "crowded"),
    ],
)
def test_a_template_that_grows_is_seen(change, fault):
    assert fault in faults(change(TEXT), OPERATIONS)


def test_the_stack_stays_small():
    """An operation is a function, a version, an alias and a permission. Jobs have 15 resources more."""
    default = resolve(transform(WRITTEN), OFF)["Resources"]
    assert len(default) <= min(42 + 15 + 4 * OPERATIONS, 275)
    assert len([r for r in default.values() if r["Type"] == "AWS::IAM::Role"]) <= 14
