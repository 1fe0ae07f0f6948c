"""The tables that the Athena queries of a definition read, with the files of these tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline_code.compiler import AthenaQuery, CompiledDefinition, athena_queries
from pipeline_code.feature_groups import read_feature_groups
from pipeline_code.pipelines import folder_of
from stacks.config import refuse
from stacks.lake.lake_buckets import INCOMING
from stacks.pipeline.data_catalog import catalog_tables
from stacks.pipeline.feature_store import AREA

FEATURES, FILES = "FeaturesDatabase", "CatalogDatabase"


@dataclass(frozen=True, kw_only=True, order=True)
class LakeTable:
    """A table: the environment value with its database, and the prefix of its files in the lake."""

    database: str
    name: str
    folder: str


def uses_athena(definition: CompiledDefinition) -> bool:
    """Whether jobs of the definition read rows of Athena."""
    return any(athena_queries(definition.name, definition.body))


def athena_tables(
    definition: CompiledDefinition, *, pipelines: Iterable[str], root: Path
) -> list[LakeTable]:
    """Return the tables that the queries read. `pipelines` declare the feature groups.

    Raises:
        ConfigurationError: a query cannot be read, or reads a table that is not declared.
    """
    known = {
        FEATURES: {
            table.name: table for each in pipelines for table in feature_tables(each, root=root)
        },
        FILES: {
            table.name: LakeTable(
                database=FILES,
                name=table.name,
                folder=f"{INCOMING}{definition.name}/{table.folder}/",
            )
            for table in catalog_tables(definition.name, root)
        },
    }
    found = set()
    for query in athena_queries(definition.name, definition.body):
        tables = known[query.database]
        for name in _tables(query):
            if name not in tables:
                raise refuse(
                    f"{query.place}, the table of its query",
                    name,
                    allowed=", ".join(tables) or "none: no table is declared",
                    remedy="use a table with this name as glue_table of a feature group of the "
                    "environment (database features), or of the pipeline's catalog.json (files)",
                )
            found.add(tables[name])
    return sorted(found)


def feature_tables(pipeline: str, *, root: Path) -> list[LakeTable]:
    """Return the tables with a declared name of the feature groups of a pipeline."""
    return [
        LakeTable(database=FEATURES, name=group.glue_table, folder=f"{AREA}/{group.name}/")
        for group in read_feature_groups(folder_of(pipeline, root))
        if isinstance(group.glue_table, str)
    ]


def _tables(query: AthenaQuery) -> set[str]:
    """Return the tables of a query, without the names of its WITH queries."""
    try:
        tree = sqlglot.parse_one(query.text, dialect="athena")
    except SqlglotError as error:
        raise refuse(
            f"{query.place}, its query",
            query.text[:80],
            allowed="a query in the SQL of Athena",
            remedy=f"correct it: {str(error).splitlines()[0]}",
        ) from error
    named = {each.alias for each in tree.find_all(exp.CTE)}
    tables = [each for each in tree.find_all(exp.Table) if each.name not in named or each.db]
    if foreign := next((each for each in tables if each.db), None):
        raise refuse(
            f"{query.place}, the table of its query",
            foreign.sql(dialect="athena"),
            allowed="names without a database",
            remedy="remove the database: athena(…, database=…) names it",
        )
    return {each.name.lower() for each in tables}
