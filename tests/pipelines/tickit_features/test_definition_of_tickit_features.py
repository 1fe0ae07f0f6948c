"""tickit-features' definition: the golden text, and who writes into which group."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.lint import lint
from pipeline_code.feature_groups import locked_feature_groups
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "tickit-features.json"


@pytest.fixture(scope="module")
def compiled():
    return definition("tickit-features")


def test_the_definition_is_the_golden_one(compiled, repository):
    text = as_text(compiled.body)
    for path in (repository / "pipeline_code" / "tickit_features").glob("*.sql"):
        query = json.dumps(path.read_text().strip())
        text = text.replace(query, f'"(the text of {path.name})"')
    check_golden(text, GOLDEN)


def test_the_linter_finds_nothing(compiled):
    assert lint(compiled.body) == []


def test_every_declared_group_is_filled(compiled, repository):
    groups = locked_feature_groups(repository / "pipeline_code" / "tickit_features")
    filled = [
        step.arguments["Environment"]["FEATURE_GROUP_DECLARED_AS"]
        for step in steps_of(compiled.body)
        if step.type == "Processing"
    ]
    assert sorted(filled) == sorted(group.name for group in groups)
    assert set(compiled.manifest.job("Processing").feature_groups) == set(filled)
