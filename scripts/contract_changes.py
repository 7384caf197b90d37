"""Holds breaking changes of the contract to CHANGELOG.md: contract_changes.py CHANGES CHANGELOG.

CHANGES is oasdiff's list in JSON. Each change has to be announced by an entry under
"Unreleased" that begins with "**Breaking" and ends with a comment:

    <!-- contract: api-path-removed-without-deprecation GET /roles; request-parameter-pattern-added 36 times -->

An announcement names oasdiff's ID, and the operation or the number of such changes in all
operations. One that announces no change fails, too.
"""

import collections
import json
import pathlib
import re
import sys

ENTRY = re.compile(r"^- .*\n(?:(?:  .*)?\n)*", re.MULTILINE)
COMMENT = re.compile(r"<!--\s*contract:(.*?)-->", re.DOTALL)
ANNOUNCEMENT = re.compile(r"(?P<id>[a-z0-9-]+) (?:(?P<times>\d+) times|(?P<operation>[A-Z]+ /\S*))")


def announcements(changelog: str) -> tuple[dict[str, int], set[tuple[str, str]], list[str]]:
    """Returns the numbers by ID, the operations by ID, and faults of the changelog."""
    section = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    times, operations, faults = {}, set(), []
    for entry in ENTRY.findall(section[1] + "\n" if section else ""):
        for text in COMMENT.findall(entry):
            if not entry.startswith("- **Breaking"):
                faults.append(f"an entry with an announcement does not begin with **Breaking: {entry.splitlines()[0]}")
            for part in (" ".join(part.split()) for part in text.split(";") if part.strip()):
                match = ANNOUNCEMENT.fullmatch(part)
                if not match:
                    faults.append(f"this is no announcement: {part}")
                elif match["times"]:
                    times[match["id"]] = times.get(match["id"], 0) + int(match["times"])
                else:
                    operations.add((match["id"], match["operation"]))
    return times, operations, faults


def check(changes: list[dict], changelog: str) -> list[str]:
    """Returns what fails."""
    times, operations, faults = announcements(changelog)
    changed = {(change["id"], operation_of(change)) for change in changes}
    faults += [f"CHANGELOG.md announces a change that is not there: {' '.join(a)}" for a in sorted(operations - changed)]
    others = [change for change in changes if (change["id"], operation_of(change)) not in operations]
    counts = collections.Counter(change["id"] for change in others)
    for name in sorted(counts | times.keys()):
        if name in times and counts[name] != times[name]:
            faults.append(f"CHANGELOG.md announces {name} {times[name]} times, and there are {counts[name]}")
    for change in others:
        if times.get(change["id"]) != counts[change["id"]]:
            faults.append(f"not announced: {change['id']} {operation_of(change)}\n    {change['text']}")
    return faults


def operation_of(change: dict) -> str:
    return f"{change.get('operation', '')} {change.get('path', '')}".strip()


def main(changes_file: str, changelog_file: str) -> int:
    changes = json.loads(pathlib.Path(changes_file).read_text() or "[]")
    faults = check(changes, pathlib.Path(changelog_file).read_text())
    for fault in faults:
        print(fault)
    print(f"contract: {len(changes)} breaking changes since the last release, {len(faults)} failures")
    if faults:
        print('Announce each change in an entry of CHANGELOG.md (see "Releases" in CONTRIBUTING.md), or undo it. In short:')
        counts = collections.Counter(change["id"] for change in changes)
        print(f"<!-- contract: {'; '.join(f'{name} {number} times' for name, number in sorted(counts.items()))} -->")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
