"""The template as CloudFormation gets it: after the transform that SAM does on AWS."""

import functools
import json
import logging
import pathlib
import pickle
from unittest import mock

from samcli.lib.translate import sam_template_validator
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_dump, yaml_parse
from samtranslator.swagger import swagger
from samtranslator.translator import translator
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

# Each transform would make these from the same files once more: a quarter of its time.
sam_template_validator.Session = functools.cache(sam_template_validator.Session)
translator.make_policy_template_for_function_plugin = functools.cache(translator.make_policy_template_for_function_plugin)


def copied(template):
    """A copy, in a tenth of the time of copy.deepcopy."""
    return pickle.loads(pickle.dumps(template))


def parsed(text):
    """A template's text, its anchors resolved into copies as by `sam build`."""
    return yaml_parse(yaml_dump(yaml_parse(text)))


@functools.cache
def _source():
    return parsed((ROOT / "template.yaml").read_text())


def source():
    """The template as it is written; a copy for each caller."""
    return copied(_source())


def operations(template):
    """The functions with routes, by logical ID."""
    functions = {name: r for name, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}
    return {name: r["Properties"] for name, r in functions.items() if "Events" in r["Properties"]}


def kind(operation):
    """What distinguishes an operation for the template: everything but its code, its name and its paths."""
    more = {key: value for key, value in operation.items() if key not in ("CodeUri", "Events")}
    return json.dumps([more, sorted(e["Properties"]["Method"] for e in operation["Events"].values())], sort_keys=True)


def with_few_operations(template):
    """The template with one operation of each kind. Its transform takes a quarter of the time."""
    template, seen = copied(template), set()
    for name, operation in operations(template).items():
        if kind(operation) in seen:
            del template["Resources"][name]
        seen.add(kind(operation))
    return template


def transform(template, parameters=OFF):
    """The transform knows the parameters: some it decides by, others it puts in."""
    template = copied(template)  # the transform works in place
    validator = SamTemplateValidator(template, _NoManagedPolicies(), region="eu-central-1", parameter_overrides=parameters)
    return validator.get_translated_template_if_valid()


def transform_quickly(template, parameters):
    """The transform without its two copies of the API's definition for each route: in half of the time. The deployment has
    another logical ID, since the order of the definition's parts is a part of it."""
    with mock.patch.object(swagger, "_deepcopy", lambda definition: definition):
        return transform(template, parameters)


def of_type(template, kind):
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def one(template, kind):
    """The only resource of its type."""
    found = of_type(template, kind)
    assert len(found) == 1, f"{len(found)} of {kind}: {sorted(found)}"
    return next(iter(found.values()))["Properties"]
