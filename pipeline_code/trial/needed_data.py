"""The data sets with the tables that the queries of a definition read."""

from typing import Any

from pipeline_code.compiler import queries_of
from warehouse.data_sets import DataSet, data_sets, load_statements, replaced_tables
from warehouse.query_columns import DEFAULT_SCHEMA, QueryError, columns_read
from warehouse.schema import read_migrations
from warehouse.tables import tables_after


def needed_data_sets(name: str, body: dict[str, Any], others: list[str]) -> list[DataSet]:
    """Return the data set of the pipeline `name`, and those of `others` that fill its tables."""
    read = _tables_read(name, body)
    return [
        each
        for each in data_sets([name, *(other for other in others if other != name)])
        if each.name == name or read & set(replaced_tables(load_statements(each.name)))
    ]


def _tables_read(name: str, body: dict[str, Any]) -> set[str]:
    columns = tables_after(read_migrations()).columns
    found = set()
    for query in queries_of(name, body).values():
        try:
            found |= set(columns_read(query, columns))
        except QueryError:
            continue  # the warehouse reports it when the query runs
    return {table if schema == DEFAULT_SCHEMA else f"{schema}.{table}" for schema, table in found}
