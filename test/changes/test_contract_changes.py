"""scripts/contract_changes.py, with oasdiff, on contracts that break the last release."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import contract_changes  # noqa: E402

RELEASED = (ROOT / "api/released.yaml").read_text()

# What a front-end notices: a text of the contract, its replacement, and the changes.
BREAKING = {
    "a path is gone": ("\n  /roles:\n", "\n  /rolls:\n", ["api-path-removed-without-deprecation GET /roles"]),
    "an operation is gone": ("\n    delete:\n      operationId: resetmfa\n", "\n    trace:\n      operationId: resetmfa\n",
                             ["api-removed-without-deprecation DELETE /mfa/{user_id}"]),
    "a function is renamed": ("operationId: listroles\n", "operationId: listRoles\n", ["api-operation-id-removed GET /roles"]),
    "a parameter is narrower": ("maximum: 100, default: 50}", "maximum: 50, default: 50}", ["request-parameter-max-decreased GET /users"]),
    "a parameter is required": ("        - name: search\n          in: query\n", "        - name: search\n          required: true\n          in: query\n",
                                ["request-parameter-became-required GET /users"]),
}


def changes(tmp_path, contract):
    revision = tmp_path / "openapi.yaml"
    revision.write_text(contract)
    command = [os.environ["OASDIFF"], "breaking", "--severity-levels", ROOT / "tools/oasdiff-levels.txt", "-f", "json", ROOT / "api/released.yaml", revision]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def changelog(*announcements, entry="- **Breaking.** A change.", section="## [Unreleased]"):
    return f"# Changelog\n\n{section}\n\n### Changed\n\n- One.\n{entry}\n  <!-- contract: {'; '.join(announcements)} -->\n- Another.\n\n## [1.0.0]\n\n- The first.\n"


@pytest.fixture(params=BREAKING)
def broken(request, tmp_path):
    old, new, announcements = BREAKING[request.param]
    assert old in RELEASED
    return changes(tmp_path, RELEASED.replace(old, new, 1)), announcements


def test_an_unannounced_change_fails(broken):
    found, announcements = broken
    assert [f.split("\n")[0] for f in contract_changes.check(found, changelog())] == [f"not announced: {a}" for a in announcements]


def test_an_announced_change_passes(broken):
    found, announcements = broken
    assert contract_changes.check(found, changelog(*announcements)) == []
    name = announcements[0].split()[0]
    assert contract_changes.check(found, changelog(f"{name} 1 times")) == []


def test_another_number_fails(broken):
    found, announcements = broken
    name = announcements[0].split()[0]
    assert "and there are 1" in contract_changes.check(found, changelog(f"{name} 2 times"))[0]


def test_an_announcement_elsewhere_fails(broken):
    found, announcements = broken
    for text in (
        changelog(*announcements, section="## [1.1.0]"),
        changelog(*announcements, entry="- A change."),
        changelog(*(a.replace("/", "/other") for a in announcements)),
        changelog(*announcements).replace("contract:", ""),
    ):
        assert contract_changes.check(found, text)


def test_the_released_contract_changes_nothing(tmp_path):
    assert changes(tmp_path, RELEASED) == []
    assert contract_changes.check([], changelog()) == []


@pytest.mark.parametrize("stale", ["api-removed-without-deprecation GET /roles", "api-removed-without-deprecation 1 times", "a sentence"])
def test_a_stale_announcement_fails(stale):
    assert len(contract_changes.check([], changelog(stale))) == 1


def test_the_command_fails(tmp_path):
    old, new, announcements = BREAKING["a path is gone"]
    found, log = tmp_path / "changes.json", tmp_path / "CHANGELOG.md"
    found.write_text(json.dumps(changes(tmp_path, RELEASED.replace(old, new, 1))))
    for text, status in ((changelog(), 1), (changelog(*announcements), 0)):
        log.write_text(text)
        assert contract_changes.main(str(found), str(log)) == status
