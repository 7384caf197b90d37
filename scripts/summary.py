"""Adds up JUnit reports: summary.py FOLDER. Fails when a test failed, was skipped, or none ran."""

import pathlib
import sys
from xml.etree import ElementTree

passed, failed, skipped = 0, [], []
for report in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    for case in ElementTree.parse(report).iter("testcase"):
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
