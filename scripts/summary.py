"""Adds up JUnit reports: summary.py FOLDER. Fails when a test failed, was skipped, or a report has none."""

import pathlib
import sys
from xml.etree import ElementTree

passed, failed, skipped = 0, [], []
for report in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    cases = list(ElementTree.parse(report).iter("testcase"))
    if not cases:
        failed.append(f"{report.name} has no tests")
    for case in cases:
        name = f"{case.get('classname')} {case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed += 1
for kind, names in (("failed", failed), ("skipped", skipped)):
    for name in names:
        print(f"{kind}: {name}")
print(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
sys.exit(bool(failed or skipped or not passed))
