"""The queries of each declared pipeline run with the rights of the pipeline's own user."""

from __future__ import annotations

import re

import pytest

from pipeline_code.compiler import compiled, queries_of
from stacks.environments import ENVIRONMENTS
from stacks.warehouse.warehouse_access import reader_of
from tests.declared.environments import declared
from tests.migrated import migrated_warehouse

PARAMETER = re.compile(r"(?<!:):[a-z]\w*")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_query_runs_with_the_rights_of_its_pipeline(name, tmp_path):
    with migrated_warehouse(tmp_path) as warehouse:
        (path,) = declared(name).folder.rglob("rights.json")
        warehouse.apply_rights(path.read_text())
        for pipeline in ENVIRONMENTS[name].pipelines:
            if not pipeline.enabled:
                continue
            definition = compiled(pipeline.name, options=pipeline.options)
            for step, query in queries_of(pipeline.name, definition.body).items():
                error = warehouse.error(PARAMETER.sub("NULL", query), reader_of(pipeline.name).name)
                assert error == "", (pipeline.name, step)
