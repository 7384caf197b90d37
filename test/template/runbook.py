"""The queries of docs/runbook.md."""

import re
import textwrap

from transformed import ROOT

TEXT = (ROOT / "docs/runbook.md").read_text()


def blocks(text):
    """The code blocks, with their language."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [(language, textwrap.dedent(block)) for _, language, block in found]


def entries(text):
    """Each heading of the second level, and the text below it."""
    title, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def queries(text):
    """The blocks without a language are queries."""
    return [block for language, block in blocks(text) if not language]


ENTRIES = {title: queries(entry) for title, entry in entries(TEXT).items()}
