"""Proves that a new operation needs one block and one line of a managed policy, in this template and in these tests."""

import pytest

import checks
import contract
import settings_checks
import test_template  # noqa: F401  it registers all checks
from resolved import resolve
from settings import SETTINGS
from test_size import BLOCK, OPERATIONS, TEXT, faults, section
from transformed import parsed, transform

BLOCKS = {
    "reads": ("/things/{id}", "GET"),
    "manages": ("/things", "POST"),
}
NEW = """  DoThing:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties:
      <<: *%s
      CodeUri: functions/dothing/
      Events:
        Do:
          Type: Api
          Properties: {RestApiId: !Ref Api, Method: %s, Path: '%s'}

"""
RIGHT = "              - !Sub " + checks.EXECUTE_API


def with_a_new_operation(anchor):
    path, method = BLOCKS[anchor]
    end = TEXT.index(section(TEXT, "Operations")) + len(section(TEXT, "Operations"))
    text = TEXT[:end] + NEW % (anchor, method, path) + TEXT[end:]
    at = text.index(RIGHT, text.index("  UsherSupport:\n"))
    return text[:at] + RIGHT + method + path.replace("{id}", "*") + "\n" + text[at:]


@pytest.mark.parametrize("setting", ["off", "all"])
@pytest.mark.parametrize("anchor", BLOCKS)
def test_a_new_operation_is_one_block_and_one_line(anchor, setting, monkeypatch):
    path, method = BLOCKS[anchor]
    monkeypatch.setitem(contract.PERMISSIONS, (path, method.lower()), ["UsherSupport"])
    text = with_a_new_operation(anchor)
    assert not faults(text, OPERATIONS + 1) and NEW.count("\n") - 1 <= BLOCK
    result = transform(parsed(text), SETTINGS[setting])
    for check in checks.CHECKS.values():
        check(result)
    for check in settings_checks.SETTINGS_CHECKS.values():
        check(resolve(result, SETTINGS[setting]))
