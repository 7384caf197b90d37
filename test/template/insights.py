"""Runs CloudWatch Logs Insights queries on log lines, for the part of the language that docs/runbook.md uses.

It follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html and
rejects everything else.
"""

import dataclasses
import json
import math
import operator
import re

TOKEN = re.compile(
    r"""\s*(?: (?P<text>"[^"]*"|'[^']*') | (?P<regex>/(?:\\.|[^/\\])+/) | (?P<number>\d+(?:\.\d+)?) (?P<unit>[smhd]\b)?
    | (?P<name>@?[A-Za-z_][A-Za-z_0-9.]*) | (?P<sign><=|>=|!=|[=<>(),*\[\]]) )""",
    re.VERBOSE,
)
COMPARED = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class InvalidQuery(Exception):
    pass


def line(group, stream, timestamp, message):
    """A line with the fields that Logs Insights gives it: its own, and the members of JSON, flattened."""
    fields = {"@log": group, "@logStream": stream, "@timestamp": timestamp, "@message": message}
    try:
        members = json.loads(message)
    except ValueError:
        members = None
    return fields | flattened(members if isinstance(members, dict) else {})


def flattened(members, prefix=""):
    found = {}
    for name, value in members.items():
        if isinstance(value, dict):
            found |= flattened(value, f"{prefix}{name}.")
        elif value is not None:
            found[prefix + name] = int(value) if isinstance(value, bool) else value
    return found


@dataclasses.dataclass
class Query:
    commands: list
    fields: set  # the fields that it reads from lines

    def run(self, lines):
        rows = list(lines)
        for command in self.commands:
            rows = command(rows)
        return rows


def parse(text):
    parser = _Parser()
    commands = [parser.command(part) for part in split(text)]
    return Query(commands, parser.read - parser.made)


def split(text):
    """The commands, which `|` separates outside of texts and expressions."""
    parts = [""]
    for found in re.finditer(r""""[^"]*"|/(?:\\.|[^/\\])+/|\||[^"/|]+""", text):
        if found[0] == "|":
            parts.append("")
        else:
            parts[-1] += found[0]
    return [part.strip() for part in parts]


class _Parser:
    def __init__(self):
        self.read, self.made = set(), set()

    def command(self, text):
        self.tokens = self.tokenized(text)
        name = self.name()
        if name not in {"filter", "parse", "stats", "sort", "display", "limit"}:
            raise InvalidQuery(f"no command: {text}")
        command = getattr(self, "_" + name)()
        if self.tokens:
            raise InvalidQuery(f"{self.tokens[0]} in {text}")
        return command

    def tokenized(self, text):
        tokens, at = [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise InvalidQuery(f"{text[at:]} in {text}")
            tokens.append((found.lastgroup if found.lastgroup != "unit" else "number", found[0].strip()))
            at = found.end()
        return tokens

    def next(self, *expected):
        """The next token's text, if it is one of these or of one of these kinds."""
        if self.tokens and (self.tokens[0][1] in expected or self.tokens[0][0] in expected):
            return self.tokens.pop(0)[1]
        return None

    def must(self, *expected):
        found = self.next(*expected)
        if found is None:
            raise InvalidQuery(f"{expected} expected before {self.tokens[:1]}")
        return found

    def name(self):
        return self.must("name")

    def field(self):
        name = self.name()
        self.read.add(name)
        return name

    def list_of(self, element):
        found = [element()]
        while self.next(","):
            found.append(element())
        return found

    # --------------------------------------------------------------- commands

    def _filter(self):
        condition = self.disjunction()
        return lambda rows: [row for row in rows if condition(row)]

    def _parse(self):
        field, pattern = self.field(), self.pattern()
        self.made |= set(pattern.groupindex)

        def extracted(row):
            found = pattern.search(str(row.get(field, "")))
            return row | (found.groupdict() if found else {})

        return lambda rows: [extracted(row) for row in rows]

    def _stats(self):
        aggregates, keys = self.list_of(self.aggregate), []
        if self.next("by"):
            keys = self.list_of(self.key)

        def grouped(rows):
            groups = {}
            for row in rows:
                groups.setdefault(tuple(value(row) for _, value in keys), []).append(row)
            return [
                {name: v for (name, _), v in zip(keys, values, strict=True) if v is not None}
                | {name: of(group) for name, of in aggregates}
                for values, group in groups.items()
            ]

        return grouped

    def _sort(self):
        field = self.field()
        descending = self.next("asc", "desc") == "desc"
        return lambda rows: sorted(rows, key=lambda row: row.get(field, -math.inf), reverse=descending)

    def _display(self):
        fields = self.list_of(self.field)
        return lambda rows: [{name: row[name] for name in fields if name in row} for row in rows]

    def _limit(self):
        number = int(self.must("number"))
        return lambda rows: rows[:number]

    # ------------------------------------------------------------- conditions

    def disjunction(self):
        of = [self.conjunction()]
        while self.next("or"):
            of.append(self.conjunction())
        return lambda row: any(condition(row) for condition in of)

    def conjunction(self):
        of = [self.comparison()]
        while self.next("and"):
            of.append(self.comparison())
        return lambda row: all(condition(row) for condition in of)

    def comparison(self):
        if self.next("("):
            inner = self.disjunction()
            self.must(")")
            return inner
        field = self.field()
        denied = bool(self.next("not"))
        if self.next("like"):
            pattern = self.pattern()
            return lambda row: bool(pattern.search(str(row.get(field, "")))) is not denied
        if self.next("in"):
            self.must("[")
            values = self.list_of(self.literal)
            self.must("]")
            return lambda row: (row.get(field) in values) is not denied
        compare = COMPARED[self.must(*(COMPARED if not denied else []))]
        value = self.literal()
        return lambda row: field in row and type(row[field]) is type(value) and compare(row[field], value)

    def pattern(self):
        found = self.must("regex", "text")
        # Java's syntax for named groups.
        return re.compile(found[1:-1].replace("(?<", "(?P<") if found[0] == "/" else re.escape(found[1:-1]))

    def literal(self):
        found = self.must("text", "number")
        return found[1:-1] if found[0] in "\"'" else float(found) if "." in found else int(found)

    # ------------------------------------------------------------- aggregates

    def aggregate(self):
        function = self.must("count", "sum", "latest", "pct")
        field = percentile = None
        self.must("(")
        if function == "count":
            self.must("*")
        else:
            field = self.field()
        if function == "pct":
            self.must(",")
            percentile = int(self.must("number"))
        self.must(")")
        self.must("as")
        name = self.name()
        self.made.add(name)
        return name, lambda rows: aggregated(function, field, percentile, rows)

    def key(self):
        name = self.field()
        if name != "bin":
            return name, lambda row: row.get(name)
        self.read.discard("bin")
        self.must("(")
        width = self.must("number")
        self.must(")")
        seconds = int(width[:-1]) * SECONDS[width[-1]]
        return f"bin({width})", lambda row: row["@timestamp"] // 1000 // seconds * seconds


def aggregated(function, field, percentile, rows):
    if function == "count":
        return len(rows)
    present = [row for row in rows if field in row]
    if function == "latest":
        return max(present, key=lambda row: row["@timestamp"])[field] if present else None
    values = sorted(row[field] for row in present)
    if function == "sum":
        return sum(values)
    return values[min(len(values) - 1, len(values) * percentile // 100)] if values else None
