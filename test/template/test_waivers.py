"""Holds the template to checkov and cfn-lint, but for what waivers.yaml lets pass."""

import copy
import json
import os
import subprocess

import pytest
import yaml

from checks import READER
from resolved import resolve
from settings import SETTINGS
from transformed import ROOT, parsed, source, transform, with_few_operations

WAIVERS = yaml.safe_load((ROOT / "test/template/waivers.yaml").read_text())
WRITTEN = source()
CHECKOV = ROOT / ".venv-checkov/bin/checkov"
CFN_LINT = ROOT / ".venv/bin/cfn-lint"
CONSOLE = ROOT / "examples/console/template.yaml"


def of(kind, name):
    """The properties of a resource, in the deployed template."""
    return lambda t: next(r["Properties"] for n, r in t["Resources"].items() if r["Type"] == kind and name in n)


def change(kind, name, **properties):
    return lambda t: of(kind, name)(t).update(properties)


def allow_everything(t):
    t["Resources"]["UsherRead"]["Properties"]["PolicyDocument"]["Statement"][0].update(Action="*", Resource="*")


# What checkov has to find in a stack with one fault.
SABOTAGES = {
    "a policy that allows everything": ("CKV_AWS_108", allow_everything),
    "a policy that makes administrators": ("CKV_AWS_110", allow_everything),
    "a secret in the environment": (
        "CKV_AWS_45",
        change("AWS::Lambda::Function", READER, Environment={"Variables": {"K": "AKIAIOSFODNN7EXAMPLE"}}),
    ),
    "a gateway without access logs": ("CKV_AWS_76", lambda t: of("AWS::ApiGateway::Stage", "Api")(t).pop("AccessLogSetting")),
    "a route that anybody may call": (
        "CKV_AWS_59",
        lambda t: t["Resources"].update(
            Open={"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "GET", "AuthorizationType": "NONE"}}
        ),
    ),
    "logs for good": ("CKV_AWS_66", lambda t: of("AWS::Logs::LogGroup", "AccessLogs")(t).pop("RetentionInDays")),
}


def stack(setting, template):
    return {"AWSTemplateFormatVersion": "2010-09-09", **resolve(transform(template, SETTINGS[setting]), SETTINGS[setting])}


@pytest.fixture(scope="session")
def found(tmp_path_factory):
    """What checkov finds: {stack: {(check, resource type)}}. One run for all, since it starts slowly."""
    folder = tmp_path_factory.mktemp("stacks")
    stacks = {setting: stack(setting, WRITTEN) for setting in ("off", "all")}
    small = stack("all", with_few_operations(WRITTEN))
    for name, (_, sabotage) in SABOTAGES.items():
        stacks[name] = copy.deepcopy(small)
        sabotage(stacks[name])
        assert stacks[name] != small, f"{name} changes nothing"
    files = {name: folder / f"{number}.json" for number, name in enumerate(stacks)}
    for name, written in stacks.items():
        written.pop("Values")
        files[name].write_text(json.dumps(written))
    arguments = ["--framework", "cloudformation", "--output", "json", "--quiet", "--compact", "--skip-download", "--soft-fail"]
    # Without a configuration that lies about on this machine, and without a call to its maker.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    run = subprocess.run(
        [CHECKOV, "-d", folder, *arguments], capture_output=True, text=True, check=True, env=environment, cwd=folder
    )
    report = json.loads(run.stdout)
    assert report["summary"]["parsing_errors"] == 0
    by_file = {name: set() for name in stacks}
    names = {f"/{file.name}": name for name, file in files.items()}
    for failed in report["results"]["failed_checks"]:
        kind = failed["resource"].split(".")[0]
        by_file[names[failed["file_path"]]].add((failed["check_id"], kind))
    assert all(by_file.values()), "a stack was not looked at"  # something is waived in each
    return by_file


def waived(tool, setting):
    values = SETTINGS[setting]
    return {(w["check"], w["type"]) for w in WAIVERS[tool] if w.get("until") not in values}


@pytest.mark.parametrize("setting", ["off", "all"])
def test_checkov_finds_what_is_waived_and_nothing_else(setting, found):
    assert found[setting] == waived("checkov", setting)


@pytest.mark.parametrize("name", SABOTAGES)
def test_checkov_finds_a_sabotage(name, found):
    check, _ = SABOTAGES[name]
    assert check not in {c for c, _ in found["all"]}
    assert check in {c for c, _ in found[name]}


@pytest.fixture(scope="session")
def linted(tmp_path_factory):
    """What cfn-lint says, of all severities: {template: {(check, resource type)}}. One run for all, since it starts slowly."""
    template = with_few_operations(WRITTEN)
    template["Resources"]["Api"]["Properties"]["StageName"] = {"Ref": "Stages"}
    sabotaged = tmp_path_factory.mktemp("linted") / "template.json"
    sabotaged.write_text(json.dumps(template))
    files = {str(ROOT / "template.yaml"): "written", str(sabotaged): "sabotaged", str(CONSOLE): "console"}
    command = [CFN_LINT, "--include-checks", "I", "--format", "json", "--regions", "eu-central-1", "--", *files]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    types = {name: r["Type"] for name, r in WRITTEN["Resources"].items()}
    by_file = {name: set() for name in files.values()}
    for m in json.loads(run.stdout):
        by_file[files[m["Filename"]]].add((m["Rule"]["Id"], types.get((m["Location"]["Path"] or ["", ""])[1])))
    return by_file


def test_cfn_lint_finds_what_is_waived_and_nothing_else(linted):
    assert linted["written"] == waived("cfn-lint", "off")


def test_cfn_lint_finds_nothing_in_the_template_of_the_console(linted):
    assert linted["console"] == set()
    assert waived_elsewhere(parsed(CONSOLE.read_text()), CONSOLE.read_text()) == []


def test_cfn_lint_finds_a_sabotage(linted):
    assert {check for check, _ in linted["sabotaged"]} - {check for check, _ in waived("cfn-lint", "off")} >= {"E1020"}


def waived_elsewhere(template, text):
    """Where a template itself tells the tools to look away: in Metadata, or in a comment."""
    places = {"Metadata": template.get("Metadata", {}).keys() - {"AWS::CloudFormation::Interface"}}
    for name, r in template["Resources"].items():
        places[name] = r.get("Metadata", {}).keys() - {"BuildMethod"}
    return [name for name, kinds in places.items() if kinds] + [word for word in ("checkov:skip", "bridgecrew:skip") if word in text]


def test_nothing_is_waived_elsewhere():
    assert waived_elsewhere(WRITTEN, (ROOT / "template.yaml").read_text()) == []
    # cfn-lint looks for this in its working directory. checkov runs in a temporary one.
    assert not list(ROOT.glob(".cfnlintrc*"))


@pytest.mark.parametrize(
    ("where", "metadata"),
    [
        (READER, {"BuildMethod": "go1.x", "checkov": {"skip": [{"id": "CKV_AWS_115"}]}}),
        ("OperationLogs", {"cfn-lint": {"config": {"ignore_checks": ["I3011"]}}}),
        ("Metadata", {"cfn-lint": {"config": {"ignore_checks": ["I3011"]}}}),
    ],
)
def test_what_is_waived_elsewhere_is_seen(where, metadata):
    template = with_few_operations(WRITTEN)
    at = template if where == "Metadata" else template["Resources"][where]
    at["Metadata"] = metadata
    assert waived_elsewhere(template, "") == [where]
    assert waived_elsewhere(WRITTEN, "  # checkov:skip=CKV_AWS_115: as it is") == ["checkov:skip"]


@pytest.mark.parametrize("waiver", [w for tool in WAIVERS.values() for w in tool], ids=lambda w: w["check"])
def test_a_waiver_says_why(waiver):
    assert set(waiver) <= {"check", "type", "until", "why"}
    assert len(waiver["why"]) > 40
    assert waiver.get("until", "Tracing") in WRITTEN["Parameters"]
