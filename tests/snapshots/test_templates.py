"""Every template of every environment as it was accepted; `make snapshots` accepts changes."""

import re
from pathlib import Path

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.snapshots.normalised import normalised
from tests.unit.stacks.synthesised import STACKS, synthesised


@pytest.mark.parametrize(("environment", "part"), STACKS, ids=map("-".join, STACKS))
def test_template(environment, part, snapshot):
    template = normalised(synthesised(environment).templates[part])
    assert template == snapshot(extension_class=JSONSnapshotExtension)


def test_no_snapshot_holds_an_account_a_registry_or_a_hash():
    for path in Path(__file__).parent.joinpath("__snapshots__").rglob("*.json"):
        text = path.read_text()
        assert not re.search(r"\b\d{12}\b|\.dkr\.ecr\.|\b[0-9a-f]{64}\b", text), path.name


def test_what_changes_without_meaning_is_replaced():
    image = f"{'1' * 12}.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
    assert normalised({"a": [image, "b" * 64, f"arn:aws:iam::{'2' * 12}:role/x", 3]}) == {
        "a": ["<registry>/sklearn:1", "<hash>", "arn:aws:iam::<account>:role/x", 3]
    }
