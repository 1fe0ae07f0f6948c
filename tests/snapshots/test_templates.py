"""Every template of every environment equals its snapshot; `make snapshots` accepts changes.

The first environment that has a stack is the base. For the others, only the differences are stored.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from pipeline_code.source_files import source_files
from tests.declared.environments import STACKS, declared
from tests.snapshots.differences import differences
from tests.snapshots.normalised import COMMON_TAGS, normalised

BASES = {}
for environment, part in STACKS:
    BASES.setdefault(part, environment)
OTHERS = [(environment, part) for environment, part in STACKS if BASES[part] != environment]


@pytest.fixture
def snapshot_of_json(snapshot):
    return snapshot.use_extension(JSONSnapshotExtension)


@cache
def template(environment, part):
    return normalised(declared(environment).templates[part], environment)


@pytest.mark.parametrize("part", BASES)
def test_base(part, snapshot_of_json):
    assert template(BASES[part], part) == snapshot_of_json


@pytest.mark.parametrize(("environment", "part"), OTHERS, ids=map("-".join, OTHERS))
def test_differences(environment, part, snapshot_of_json):
    found = differences(template(BASES[part], part), template(environment, part))
    assert {"base": BASES[part], "differences": dict(found)} == snapshot_of_json


def test_no_snapshot_holds_an_account_a_registry_or_a_hash():
    for path in source_files(Path(__file__).parent / "__snapshots__", "**/*.json"):
        text = path.read_text()
        assert not re.search(r"\b\d{12}\b|\.dkr\.ecr\.|\b[0-9a-f]{64}\b", text), path.name


def test_what_changes_without_meaning_is_replaced():
    image = f"{'1' * 12}.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
    resources = {"a": {"b": [image, "b" * 64, f"arn:aws:iam::{'2' * 12}:role/redline-dev-x", 3]}}
    assert normalised({"Resources": resources}, "dev")["Resources"]["a"]["b"] == [
        "<registry>/sklearn:1", "<hash>", "arn:aws:iam::<account>:role/redline-<environment>-x", 3
    ]  # fmt: skip


def test_a_definition_is_shown_as_json_and_a_text_by_its_lines():
    body = {"Fn::Join": ["", ['{"Steps": [{"Query": "SELECT 1\\nFROM ', {"Ref": "T"}, '"}]}']]}
    resource = {"Properties": {"PipelineDefinition": {"PipelineDefinitionBody": body}}}
    shown = normalised({"Resources": {"P": resource}}, "dev")["Resources"]["P"]["Properties"]
    assert shown == {"PipelineDefinition": {"Steps": [{"Query": ["SELECT 1", "FROM <T>"]}]}}


def test_common_tags_are_listed_once():
    common, own = [{"Key": "A", "Value": "1"}], [{"Key": "B", "Value": "2"}]
    properties = [{"Tags": common}, {"Tags": common}, {"Tags": own}]
    resources = {str(number): {"Properties": each} for number, each in enumerate(properties)}
    shown = normalised({"Resources": resources}, "dev")
    assert shown["CommonTags"] == common
    assert [each["Properties"]["Tags"] for each in shown["Resources"].values()] == [
        COMMON_TAGS, COMMON_TAGS, own
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "other", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a/b": {"is": 2}}),
        ({"a": 1}, {"b": {"c": 3}}, {"a": {"removed": True}, "b": {"added": {"c": 3}}}),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, {"a[1]": {"removed": 1}}),
        ({"a": [1]}, {"a": [0, 1]}, {"a[0]": {"added": [0]}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a[0]": {"removed": 2, "added": [3]}}),
        ({"a": [{"b": 1}, 2]}, {"a": [{"b": 3}, 2]}, {"a[0]/b": {"is": 3}}),
        (
            {"a": [{"Name": "N", "b": 1}]},
            {"a": [{"Name": "N", "b": 2}]},
            {"a[N]/b": {"is": 2}},
        ),
        ({"a": 1}, {"a": [1]}, {"a": {"is": [1]}}),
    ],
)
def test_differences_are_reported_by_path(base, other, expected):
    assert dict(differences(base, other)) == expected
