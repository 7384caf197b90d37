"""A deployment of the template on the emulator."""

import contextlib
import copy
import json
import os
import pathlib
import time

from insights import line
from replacements import differences, for_the_emulator, known
from transformed import ROOT, source, transform

WRITTEN = source()
FUNCTIONS = pathlib.Path(os.environ["FUNCTIONS"])  # the folder of scripts/build-here.sh


def binary_of(name):
    """A function's binary, by its logical id."""
    return (FUNCTIONS / name / "bootstrap").read_bytes()


def of_written_type(written, kind):
    return {name: r for name, r in written["Resources"].items() if r["Type"] == kind}


def functions_of(written):
    return of_written_type(written, "AWS::Serverless::Function")


class Stack:
    def __init__(self, emulator, name):
        self.emulator, self.name = emulator, name
        self.cloudformation = emulator.client("cloudformation")

    def deploy(self, parameters, binaries=None, sabotage=lambda transformed: None):
        """Creates or updates the stack, and returns how that ended.

        binaries stand for those that were built, by the function's logical id; sabotage changes the transformed template.
        The transform is done here: the emulator's own does not see the parameters' values, so that none takes tokens.
        """
        written = copy.deepcopy(WRITTEN)
        for name, function in functions_of(written).items():
            binary = (binaries or {}).get(name) or binary_of(name)
            function["Properties"]["CodeUri"] = self.emulator.uploads.function(binary)
        for machine in of_written_type(written, "AWS::Serverless::StateMachine").values():
            machine["Properties"]["DefinitionUri"] = self.emulator.uploads.file(ROOT / machine["Properties"]["DefinitionUri"])
        transformed = transform(written, parameters)
        sabotage(transformed)
        template = for_the_emulator(transformed)
        assert differences(transformed, template) <= known(), differences(transformed, template) - known()
        send = self.cloudformation.create_stack if self.status() is None else self.cloudformation.update_stack
        send(
            StackName=self.name,
            TemplateURL=self.emulator.uploads.template(json.dumps(template)),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        )
        return self.settled()

    def status(self):
        """None where there is no such stack, or none any more."""
        found = [s for s in self.cloudformation.list_stacks()["StackSummaries"] if s["StackName"] == self.name]
        return next((s["StackStatus"] for s in found if s["StackStatus"] != "DELETE_COMPLETE"), None)

    def settled(self, seconds=1200):
        """Waits for the end of what CloudFormation does, and returns how it ended."""
        deadline = time.monotonic() + seconds
        while (status := self.status()) and status.endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, f"{self.name}: {status} after {seconds} s"
            time.sleep(0.1)
        return status

    def failures(self):
        """What CloudFormation says of what it could not do."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.name)
        events = [e for page in pages for e in page["StackEvents"]]
        return [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in events if e["ResourceStatus"].endswith("_FAILED")]

    def delete(self):
        self.cloudformation.delete_stack(StackName=self.name)
        return self.settled()

    @property
    def outputs(self):
        (stack,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    def resources(self, kind):
        """The physical ids of a type's resources."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"] if r["ResourceType"] == kind]

    def aliases(self):
        """The functions' names, and by which alias the gateway calls each."""
        return dict(arn.split(":function:")[1].split(":") for arn in self.resources("AWS::Lambda::Alias"))

    def versions(self):
        """The version behind each function's alias, by the function's name."""
        client = self.emulator.client("lambda")
        return {function: client.get_alias(FunctionName=function, Name=alias)["FunctionVersion"] for function, alias in self.aliases().items()}

    def configurations(self):
        """What is in force of each function: the configuration of the version behind its alias."""
        client = self.emulator.client("lambda")
        return {function: client.get_function_configuration(FunctionName=function, Qualifier=v) for function, v in self.versions().items()}

    def logged(self, group, text):
        """The lines of a log group that hold a text."""
        pages = self.emulator.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [e["message"] for page in pages for e in page["events"] if text in e["message"]]

    def lines_in(self, group):
        """A log group's lines as Logs Insights has them."""
        pages = self.emulator.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [line(group, e["logStreamName"], e["timestamp"], e["message"]) for page in pages for e in page["events"]]

    def lines_of(self, request):
        """What the functions have logged of a request, by its id."""
        groups = {c["LoggingConfig"]["LogGroup"] for c in self.configurations().values()}
        assert groups <= set(self.resources("AWS::Logs::LogGroup")), groups
        return [line for group in groups for line in self.logged(group, request)]

    def setting(self, name):
        """A variable of the environment, by the function's name."""
        return {function: c["Environment"]["Variables"][name] for function, c in self.configurations().items()}


@contextlib.contextmanager
def deployed(emulator, name, parameters, **changes):
    """A stack for the time being."""
    stack = Stack(emulator, name)
    status = stack.deploy(parameters, **changes)
    assert status == "CREATE_COMPLETE", (status, stack.failures())
    yield stack
    for function in stack.aliases():  # or the emulator leaves their processes running
        emulator.client("lambda").delete_function(FunctionName=function)
    stack.delete()
