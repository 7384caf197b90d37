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

RELEASED = """
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
paths:
  /roles:
    get:
      operationId: listRoles
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
        - {name: search, in: query, required: false, schema: {type: string}}
      responses:
        '200':
          description: The roles.
          content:
            application/json:
              schema: {type: object, required: [roles], properties: {roles: {type: array, items: {type: string}}}}
    delete:
      operationId: removeRoles
      responses:
        '204': {description: The roles are gone.}
"""

# What a front-end notices: a text of the contract, its replacement, and the change.
BREAKING = {
    "an operation is gone": ("delete:", "post:", "api-removed-without-deprecation DELETE /roles"),
    "a function is renamed": ("listRoles", "roles", "api-operation-id-removed GET /roles"),
    "a parameter is narrower": ("maximum: 100", "maximum: 50", "request-parameter-max-decreased GET /roles"),
    "a parameter is required": ("required: false", "required: true", "request-parameter-became-required GET /roles"),
    "a response lost a member": ("required: [roles], properties: {roles: ", "properties: {all: ", "response-required-property-removed GET /roles"),
}


def changes(tmp_path, contract):
    base, revision = tmp_path / "released.yaml", tmp_path / "openapi.yaml"
    base.write_text(RELEASED)
    revision.write_text(contract)
    levels = ROOT / "tools/oasdiff-levels.txt"
    command = [os.environ["OASDIFF"], "breaking", "--severity-levels", levels, "-f", "json", base, revision]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def changelog(*announcements, entry="- **Breaking.** A change.", section="## [Unreleased]"):
    comment = f"<!-- contract: {'; '.join(announcements)} -->"
    return f"# Changelog\n\n{section}\n\n- One.\n{entry}\n  {comment}\n- Another.\n\n## [1.0.0]\n\n- The first.\n"


@pytest.fixture(params=BREAKING)
def broken(request, tmp_path):
    old, new, announcement = BREAKING[request.param]
    assert old in RELEASED
    return changes(tmp_path, RELEASED.replace(old, new)), announcement


def test_an_unannounced_change_fails(broken):
    found, announcement = broken
    assert [f.split("\n")[0] for f in contract_changes.check(found, changelog())] == [f"not announced: {announcement}"]


def test_an_announced_change_passes(broken):
    found, announcement = broken
    assert contract_changes.check(found, changelog(announcement)) == []
    name = announcement.split()[0]
    assert contract_changes.check(found, changelog(f"{name} 1 times")) == []


def test_another_number_fails(broken):
    found, announcement = broken
    name = announcement.split()[0]
    assert "and there are 1" in contract_changes.check(found, changelog(f"{name} 2 times"))[0]


def test_an_announcement_elsewhere_fails(broken):
    found, announcement = broken
    for text in (
        changelog(announcement, section="## [1.1.0]"),
        changelog(announcement, entry="- A change."),
        changelog(announcement.replace("/", "/other")),
        changelog(announcement).replace("contract:", ""),
    ):
        assert contract_changes.check(found, text)


def test_the_released_contract_changes_nothing(tmp_path):
    assert changes(tmp_path, RELEASED) == []
    assert contract_changes.check([], changelog()) == []


@pytest.mark.parametrize("stale", ["api-removed-without-deprecation GET /roles", "api-removed-without-deprecation 1 times", "a sentence"])
def test_a_stale_announcement_fails(stale):
    assert len(contract_changes.check([], changelog(stale))) == 1


def test_the_command(tmp_path, capsys):
    old, new, announcement = BREAKING["an operation is gone"]
    found, log = tmp_path / "changes.json", tmp_path / "CHANGELOG.md"
    found.write_text(json.dumps(changes(tmp_path, RELEASED.replace(old, new, 1))))
    for text, status in ((changelog(), 1), (changelog(announcement), 0)):
        log.write_text(text)
        assert contract_changes.main(str(found), str(log)) == status
        printed = capsys.readouterr().out
        assert ("<!-- contract: api-removed-without-deprecation 1 times -->" in printed) == (status == 1)
