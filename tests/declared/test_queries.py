"""The user of the pipelines may read each table that a query of a declared pipeline reads."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot.optimizer.scope import traverse_scope

from pipeline_code.compiler import compiled
from stacks.environments import ENVIRONMENTS
from stacks.warehouse.warehouse_access import READER
from tests.migrated import access_after_migrations

# The members of a definition that contain a query: of a Redshift dataset, and of an extraction.
QUERY = ("QueryString", "query")


@pytest.fixture(scope="module")
def access(tmp_path_factory):
    """The users, roles and grants after all migrations."""
    return access_after_migrations(tmp_path_factory.mktemp("cloud"))


def queries_in(value):
    """Yield each query in a part of a definition."""
    if isinstance(value, list):
        for each in value:
            yield from queries_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in QUERY and isinstance(each, str):
                yield each
            else:
                yield from queries_in(each)


def tables(query):
    """Return schema and table for each table that a query reads, without the names of WITH."""
    parsed = sqlglot.parse_one(query, dialect="redshift")
    sources = [
        source
        for scope in traverse_scope(parsed)
        for source in scope.sources.values()
        if isinstance(source, sqlglot.exp.Table)
    ]
    return {(each.db or "public", each.name) for each in sources}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_tables_of_each_query_may_be_read(access, name):
    missing = [
        f"{pipeline.name}: {'.'.join(table)}"
        for pipeline in ENVIRONMENTS[name].pipelines
        for query in queries_in(compiled(pipeline.name, options=pipeline.options).body)
        for table in tables(query)
        if not access.allows(READER.name, "SELECT", ("redline", *table))
    ]
    assert missing == [], f"add GRANT SELECT … TO ROLE {READER.role} in a new migration"


def test_the_tables_of_a_definition_include_those_of_subqueries():
    query = "WITH a AS (SELECT x FROM users) "
    query += "SELECT x FROM a, bank.calls WHERE x IN (SELECT y FROM b)"
    steps = [{"Arguments": {"query": query}}, {"DatasetDefinition": {"QueryString": "SELECT 1"}}]
    assert list(queries_in({"Steps": steps})) == [query, "SELECT 1"]
    assert tables(query) == {("public", "users"), ("bank", "calls"), ("public", "b")}
