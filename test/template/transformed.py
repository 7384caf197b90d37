"""The template as CloudFormation gets it: after the transform that SAM does on AWS."""

import copy
import logging
import pathlib

from samcli.lib.translate import sam_template_validator
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_dump, yaml_parse
from settings import OFF

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The transform warns of features that only AWS itself can switch.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


class _NoManagedPolicies:
    """No function may use one by name, so none need be known."""

    def load(self):
        return {}


# The validator gives its result as text, which would only be read again: most
# of the time that a transform takes.
sam_template_validator.yaml_dump = lambda template: template


def source():
    """The template as it is written, anchors resolved into copies as `sam build` does."""
    return yaml_parse(yaml_dump(yaml_parse((ROOT / "template.yaml").read_text())))


# Enough of the operations to show what a sabotage does to any: a writer, a reader,
# one with two routes, and those that sign in.
FEW = {"ListUsers", "GetUser", "UpdateUser", "DeleteUser", "Login", "Callback", "RefreshToken", "ListConnections"}


def with_few_operations(template):
    """The template without most operations, which is transformed in a quarter of the time."""
    template = copy.deepcopy(template)
    resources = template["Resources"]
    routed = [n for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function" and "Events" in r["Properties"]]
    assert set(routed) > FEW
    for name in set(routed) - FEW:
        for part in (name, name + "Logs", name + "Role"):
            del resources[part]
    return template


def transform(template, parameters=OFF):
    """The transform knows the parameters: some it decides by, others it puts in."""
    template = copy.deepcopy(template)  # the transform works in place
    validator = SamTemplateValidator(template, _NoManagedPolicies(), region="eu-central-1", parameter_overrides=parameters)
    return validator.get_translated_template_if_valid()


def of_type(template, kind):
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def one(template, kind):
    """The only resource of its type."""
    found = of_type(template, kind)
    assert len(found) == 1, f"{len(found)} of {kind}: {sorted(found)}"
    return next(iter(found.values()))["Properties"]
