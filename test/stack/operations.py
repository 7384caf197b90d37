"""The routes of the contract, each with the request that the contract shows and the permission that it asks for."""

import dataclasses
import json
import urllib.parse

from contract import CONTRACT, METHODS


@dataclasses.dataclass(frozen=True)
class Operation:
    method: str
    path: str
    permissions: frozenset  # any of them is enough
    target: str  # the path with the contract's examples
    body: str | None
    media_type: str
    statuses: frozenset  # of its answers, such as "200"

    def __str__(self):
        return f"{self.method} {self.path}"


def resolved(item):
    """The item, or what it refers to within the contract."""
    if "$ref" not in item:
        return item
    found = CONTRACT
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def operation(method, path, definition, shared):
    target = path
    for parameter in map(resolved, shared + definition.get("parameters", [])):
        if parameter["in"] == "path":
            target = target.replace("{" + parameter["name"] + "}", urllib.parse.quote(str(parameter["example"]), safe=""))
    body, media_type = None, "application/json"
    if "requestBody" in definition:
        media_type, content = next(iter(resolved(definition["requestBody"])["content"].items()))
        value = next(iter(map(resolved, content["examples"].values())))["value"]
        body = value if isinstance(value, str) else json.dumps(value)
    # The contract does not name the provider.
    target, body = target.replace("db%7C", "auth0%7C", 1), body and body.replace('"db|', '"auth0|', 1)
    permissions = frozenset(definition["x-permission"].split())
    return Operation(method.upper(), path, permissions, target, body, media_type, frozenset(definition["responses"]))


OPERATIONS = [
    operation(method, path, definition, item.get("parameters", []))
    for path, item in CONTRACT["paths"].items()
    for method, definition in item.items()
    if method in METHODS
]
PERMISSIONS = sorted(set().union(*(o.permissions for o in OPERATIONS)))
# With tokens, these need the scopes of the single operations as well. Updates need them for each record.
STARTS = [o for o in OPERATIONS if o.path in ("/user-creations", "/user-imports", "/user-deletions", "/user-exports", "/jobs/{id}/confirmation")]
