"""What CloudFormation makes of a transformed template with given parameters.

Conditions are decided, what they leave out is gone, and references to parameters
are their values. What only exists once it is deployed stays as it is written:
{"Ref": "Api"}, or ${Api} within a text.
"""

import re

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "usher",
    "AWS::URLSuffix": "amazonaws.com",
}
NOTHING = object()


def resolve(template, parameters):
    """The template's resources and outputs, and the values of all its parameters."""
    resolver = _Resolver(template, parameters)
    parts = {part: resolver.existing(template[part]) for part in ("Resources", "Outputs")}
    return parts | {"Values": resolver.values}


def broken_rules(template, parameters):
    """Of the template's rules those that refuse the parameters."""
    resolver = _Resolver(template, parameters)
    return [
        name
        for name, rule in template.get("Rules", {}).items()
        if "RuleCondition" not in rule or resolver.holds(rule["RuleCondition"])
        if not all(resolver.holds(assertion["Assert"]) for assertion in rule["Assertions"])
    ]


class _Resolver:
    def __init__(self, template, parameters):
        declared = template["Parameters"]
        assert set(parameters) <= set(declared), set(parameters) - set(declared)
        self.values = {name: str(parameters.get(name, p.get("Default"))) for name, p in declared.items()}
        self.conditions = template["Conditions"]
        self.mappings = template.get("Mappings", {})

    def existing(self, items):
        """Those whose condition holds."""
        return {
            name: {key: self.value(of) for key, of in item.items() if key != "Condition"}
            for name, item in items.items()
            if "Condition" not in item or self.holds({"Condition": item["Condition"]})
        }

    def holds(self, condition):
        (kind, of), *more = condition.items()
        assert not more, condition
        match kind:
            case "Condition":
                return self.holds(self.conditions[of])
            case "Fn::Not":
                return not self.holds(of[0])
            case "Fn::And":
                return all(self.holds(c) for c in of)
            case "Fn::Or":
                return any(self.holds(c) for c in of)
            case "Fn::Equals":
                return self.value(of[0]) == self.value(of[1])
            case "Fn::Contains":
                return self.value(of[1]) in of[0]
        raise AssertionError(f"no condition: {condition}")

    def value(self, of):
        if isinstance(of, list):
            return [v for v in map(self.value, of) if v is not NOTHING]
        if not isinstance(of, dict):
            return of
        if len(of) == 1:
            (kind, argument), *_ = of.items()
            known = self.function(kind, argument)
            if known is not None:
                return known
        found = {key: self.value(v) for key, v in of.items()}
        return {key: v for key, v in found.items() if v is not NOTHING}

    def function(self, kind, of):
        """What an intrinsic function gives, or None if that is not known before."""
        match kind:
            case "Ref" if of == "AWS::NoValue":
                return NOTHING
            case "Ref":
                return (self.values | PSEUDO).get(of)
            case "Fn::If":
                return self.value(of[1] if self.holds({"Condition": of[0]}) else of[2])
            case "Fn::Split":
                text = self.value(of[1])
                return text.split(of[0]) if isinstance(text, str) else None
            case "Fn::Select":
                items = self.value(of[1])
                return items[int(of[0])] if isinstance(items, list) else None
            case "Fn::FindInMap":
                name, row, column = map(self.value, of)
                return self.mappings[name][row][column]
            case "Fn::Sub":
                return self.text(of)
        return None

    def text(self, of):
        text, own = of if isinstance(of, list) else (of, {})
        own = {name: self.value(v) for name, v in own.items()}
        # What is a resource's keeps its name, as in ${Api}.
        own = {name: v if isinstance(v, str) else "${" + v.get("Ref", name) + "}" for name, v in own.items()}
        known = self.values | PSEUDO | own
        return re.sub(r"\$\{([A-Za-z0-9:_.]+)\}", lambda m: known.get(m[1], m[0]), text)
