"""Holds the bill of materials to the built functions, and to CycloneDX's schema.

FUNCTIONS is the folder that `sam build` made, SBOM the bill of it.
"""

import copy
import hashlib
import json
import os
import pathlib
import re
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

FUNCTIONS = sorted(pathlib.Path(os.environ["FUNCTIONS"]).glob("*/bootstrap"))
BILL = json.loads(pathlib.Path(os.environ["SBOM"]).read_text())
ROOT = pathlib.Path(__file__).resolve().parents[2]


def linked(binary):
    """What `go version -m` says of a binary: {module: version}, the compiler's as that of the standard library."""
    lines = subprocess.run(["go", "version", "-m", binary], capture_output=True, text=True, check=True).stdout.splitlines()
    modules = {"stdlib": re.search(r": go(\S+)$", lines[0])[1]}
    for line in lines[1:]:
        match line.split():
            case ["dep", path, version, *_]:
                modules[path] = version
            case ["=>", path, version, *_]:  # in the place of the one before
                modules.popitem()
                modules[path] = version
    return modules


@pytest.fixture(scope="session")
def binaries():
    """{function: (hash, {module: version})}"""
    return {f.parent.name.lower(): (hashlib.sha256(f.read_bytes()).hexdigest(), linked(f)) for f in FUNCTIONS}


def functions(bill):
    return {c["name"]: c for c in bill["components"] if c["type"] == "application"}


def modules(bill):
    return [(c["name"], c["version"]) for c in bill["components"] if c["type"] == "library"]


def check_functions(bill, binaries):
    assert {name: c["hashes"][0]["content"] for name, c in functions(bill).items()} == {name: sha256 for name, (sha256, _) in binaries.items()}


def check_modules(bill, binaries):
    """Every module that is linked into any function, and no other."""
    assert sorted(modules(bill)) == sorted({m for _, linked in binaries.values() for m in linked.items()})


def check_graph(bill, binaries):
    """Each function depends on what is linked into it, and nothing else."""
    graph = {d["ref"]: sorted(d["dependsOn"]) for d in bill["dependencies"]}
    want = {"usher": sorted(binaries)}
    for name, (_, linked) in binaries.items():
        want[name] = sorted(f"pkg:golang/{module}@{version}" for module, version in linked.items())
    assert graph == want


def check_sums(bill, _):
    """A module is the one that go.sum names."""
    sums = {tuple(line.split()) for line in (ROOT / "go.sum").read_text().splitlines()}
    for c in bill["components"]:
        if c["type"] == "library" and c["name"] != "stdlib":
            assert (c["name"], c["version"], c["properties"][0]["value"]) in sums, c["name"]


def check_licences(bill, _):
    for c in bill["components"]:
        if c["type"] == "library":
            assert c["licenses"], c["name"]


def check_source(bill, _):
    """All of it is of one commit."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    versions = {c["version"] for c in [bill["metadata"]["component"], *functions(bill).values()]}
    assert versions in ({commit}, {commit + "-dirty"})
    assert bill["metadata"]["timestamp"]


def check_schema(bill, _):
    assert bill["specVersion"] == "1.6"
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill))
    assert error is None, error


CHECKS = [check_schema, check_functions, check_modules, check_graph, check_sums, check_licences, check_source]


@pytest.mark.parametrize("check", CHECKS)
def test_the_bill(check, binaries):
    assert len(binaries) == len(list(ROOT.glob("functions/*/main.go")))
    check(BILL, binaries)


def library(bill, name):
    return next(c for c in bill["components"] if c["name"] == name)


def without(bill, name):
    bill["components"].remove(library(bill, name))


def of(bill, name):
    return next(d["dependsOn"] for d in bill["dependencies"] if d["ref"] == name)


JOSE = "github.com/go-jose/go-jose/v4"
SABOTAGES = [
    (check_schema, lambda b: b.update(specVersion="1.5")),
    (check_schema, lambda b: b["components"][0].update(kind="function")),
    (check_schema, lambda b: library(b, JOSE)["licenses"][0]["license"].update(id="MTI")),
    (check_schema, lambda b: b["components"].append(copy.deepcopy(b["components"][0]))),
    (check_functions, lambda b: without(b, "getuser")),
    (check_functions, lambda b: functions(b)["getuser"]["hashes"][0].update(content="0" * 64)),
    (check_modules, lambda b: without(b, JOSE)),
    (check_modules, lambda b: without(b, "stdlib")),
    (check_modules, lambda b: library(b, JOSE).update(version="v4.0.0")),
    (check_modules, lambda b: b["components"].append({"type": "library", "name": "github.com/chromedp/chromedp", "version": "v0.23.0"})),
    (check_graph, lambda b: of(b, "getuser").pop()),
    (check_graph, lambda b: of(b, "usher").remove("getuser")),
    (check_graph, lambda b: of(b, "getuser").append("pkg:golang/github.com/chromedp/chromedp@v0.23.0")),
    (check_sums, lambda b: library(b, JOSE)["properties"][0].update(value="h1:AAAA")),
    (check_licences, lambda b: library(b, JOSE).update(licenses=[])),
    (check_source, lambda b: b["metadata"]["component"].update(version="another")),
]


@pytest.mark.parametrize(("check", "change"), SABOTAGES)
def test_a_sabotage_is_caught(check, change, binaries):
    bill = copy.deepcopy(BILL)
    change(bill)
    assert bill != BILL
    with pytest.raises((AssertionError, KeyError)):
        check(bill, binaries)


def test_every_check_is_proved_able_to_fail():
    assert {check for check, _ in SABOTAGES} == set(CHECKS)
