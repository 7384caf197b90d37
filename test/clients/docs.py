"""Fails unless the excerpts of docs/clients.md are in the example programs."""

import pathlib
import re
import sys
import textwrap

root = pathlib.Path(__file__).parents[2]
programs = {"ts": "typescript/main.ts", "go": "go/main.go", "python": "python/main.py"}
excerpts = re.findall(r"^```(ts|go|python)\n(.*?)^```$", (root / "docs/clients.md").read_text(), re.MULTILINE | re.DOTALL)
faults = [f"docs/clients.md has no excerpt of {programs[name]}" for name in programs.keys() - {name for name, _ in excerpts}]
for name, excerpt in excerpts:
    program = (root / "examples/clients" / programs[name]).read_text()
    if all(textwrap.indent(excerpt, indent) not in program for indent in ("", "\t")):
        faults.append(f"this is not in {programs[name]}:\n{excerpt}")
print("\n".join(faults))
sys.exit(bool(faults))
