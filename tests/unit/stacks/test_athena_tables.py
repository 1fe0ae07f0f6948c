"""The tables of Athena queries: only what is declared can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline_code.compiler import compiled
from stacks.config import ConfigurationError
from stacks.pipeline.athena_tables import LakeTable, athena_tables
from tests.application.environments import ROOT


@pytest.fixture(scope="module")
def stored():
    return compiled("stored", root=ROOT)


def tables(definition, query, *, database="FeaturesDatabase"):
    dataset = {
        "Database": {"Get": f"Environment.{database}"},
        "QueryString": query,
    }
    given = {"InputName": "data", "DatasetDefinition": {"AthenaDatasetDefinition": dataset}}
    step = {"Name": "Read", "Type": "Processing", "Arguments": {"ProcessingInputs": [given]}}
    changed = replace(definition, body={**definition.body, "Steps": [step]})
    return athena_tables(changed, pipelines={"stored": definition}, root=ROOT)


def test_a_query_reads_the_files_of_its_groups(stored):
    table = LakeTable(database="FeaturesDatabase", name="visits", folder="features/visits/")
    assert tables(stored, "WITH a AS (SELECT * FROM visits) SELECT * FROM a") == [table]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM venues", "is 'venues': allowed is visits"),
        ("SELECT * FROM other.visits", "allowed is names without a database"),
        ("SELECT FROM WHERE (", "allowed is a query in the SQL of Athena"),
    ],
)
def test_other_tables_are_refused_by_name(stored, query, said):
    with pytest.raises(ConfigurationError, match=said):
        tables(stored, query)


def test_a_pipeline_without_files_has_no_tables_of_files(stored):
    with pytest.raises(ConfigurationError, match="none: no table is declared"):
        tables(stored, "SELECT * FROM rows", database="CatalogDatabase")
