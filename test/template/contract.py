"""The routes of api/openapi.yaml and the permission that each requires."""

import yaml

from transformed import ROOT

CONTRACT = yaml.load((ROOT / "api/openapi.yaml").read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
METHODS = {"get", "post", "put", "patch", "delete"}


# (path, method) → the groups of operations whose callers may use it. They are also names of managed policies.
PERMISSIONS = {
    (path, method): definition["x-permission"].split()
    for path, item in CONTRACT["paths"].items()
    for method, definition in item.items()
    if method in METHODS
}


def is_sign_in(path, method):
    return PERMISSIONS.get((path, method)) == ["UsherSignIn"]
