"""When the functions get new versions, and what docs/deploy.md says where that fails.

Lambda publishes no version of a function that has not changed, and the resource type
AWS::Lambda::Version then fails: "A version for this Lambda function exists". So a version must not
get another ID unless its function changes (https://github.com/aws/serverless-application-model/issues/1375).
"""

import copy

import pytest

from resolved import resolve
from settings import OFF
from transformed import ROOT, of_type, source, transform, with_few_operations

SMALL = with_few_operations(source())


def uploaded(place, parameters=OFF, tags=None):
    """The template after an upload to a bucket and prefix."""
    template = copy.deepcopy(SMALL)
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        function["Properties"]["CodeUri"] = f"s3://{place}/{name.lower()}"
    if tags:
        template["Globals"]["Function"]["Tags"] = tags
    return transform(template, parameters)


def versions(template):
    return of_type(template, "AWS::Lambda::Version")


def functions(template):
    """What Lambda puts into versions: the functions, without the place of their code and without tags."""
    all_of = of_type(template, "AWS::Lambda::Function")
    return {name: {k: v for k, v in f["Properties"].items() if k not in ("Code", "Tags")} for name, f in all_of.items()}


FIRST = uploaded("bucket-one/usher")


def test_the_same_upload_creates_no_versions():
    assert versions(uploaded("bucket-one/usher")) == versions(FIRST)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"place": "bucket-two/usher"}, id="another bucket"),
        pytest.param({"place": "bucket-one/other"}, id="another prefix"),
        pytest.param({"place": "bucket-one/usher", "tags": {"team": "a"}}, id="another tag"),
    ],
)
def test_another_place_or_tag_creates_versions_without_a_change(second):
    """The failure that docs/deploy.md names. If this test fails, SAM has changed, and the advice is obsolete."""
    template = uploaded(**second)
    assert functions(template) == functions(FIRST)
    assert not versions(template).keys() & versions(FIRST).keys()
    advice = next(line for line in (ROOT / "docs/deploy.md").read_text().splitlines() if "`A version for this Lambda function exists`" in line)
    assert "`LogLevel`" in advice


def test_another_log_level_changes_every_function():
    """The advice of docs/deploy.md: with it each function changes, so that Lambda publishes a version."""
    parameters = OFF | {"LogLevel": "debug"}
    before, after = (functions(resolve(t, p)) for t, p in ((FIRST, OFF), (uploaded("bucket-two/usher", parameters), parameters)))
    published = {v["Properties"]["FunctionName"]["Ref"] for v in versions(FIRST).values()}
    assert len(published) > 5
    assert not [name for name in published if before[name] == after[name]]
