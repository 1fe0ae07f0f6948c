"""Views: tables of the Glue catalogue of type VIRTUAL_VIEW, with the query in Trino's text.

Sources: https://docs.aws.amazon.com/athena/latest/ug/create-view.html and `ViewReaderUtil` of Trino
(https://github.com/trinodb/trino/tree/master/plugin/trino-hive), which reads and writes the text.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.sql.column_definitions import ColumnDefinition
from local_cloud.athena.sql.trino_query import CATALOG, parsed

TYPE = "VIRTUAL_VIEW"
_TEXT = re.compile(r"/\* Presto View: (?P<document>\S+) \*/\s*")
_WIDENING = ("tinyint", "smallint", "integer", "bigint", "real", "double")


@dataclass(frozen=True)
class View:
    """The query of a view, its default database, and the declared columns with types of Trino."""

    name: str
    sql: str
    database: str
    columns: Sequence[tuple[str, str]]

    def query(self) -> exp.Query:
        """Return the tree of the query."""
        tree = parsed(self.sql)
        if not isinstance(tree, exp.Query):
            raise QueryFailed(f"INVALID_VIEW: the text of view '{self.name}' is not a query")
        return tree

    def check_columns(self, found: Sequence[ColumnDefinition]) -> None:
        """Raise QueryFailed if the tables of the view have changed, in the words of Trino."""
        stale = f"VIEW_IS_STALE: View '{self.name}' is stale or in invalid state"
        if len(found) != len(self.columns):
            raise QueryFailed(
                f"{stale}: stored view column count ({len(self.columns)}) does not match column "
                f"count derived from the view query analysis ({len(found)})"
            )
        for place, (column, (name, kind)) in enumerate(zip(found, self.columns, strict=True)):
            if column.name.lower() != name.lower() or not _coercible(column.trino_type, kind):
                raise QueryFailed(
                    f"{stale}: column [{column.name}] of type {column.trino_type} projected from "
                    f"query view at position {place} cannot be coerced to column [{name}] of type "
                    f"{kind} stored in view definition"
                )


def view_of(table: Mapping[str, Any], database: str) -> View:
    """Return the view in a response of GetTable. Raises QueryFailed if Athena did not write it."""
    name = f"{CATALOG}.{database}.{table['Name']}"
    found = _TEXT.fullmatch(table.get("ViewOriginalText") or "")
    if found is None:
        raise unsupported(f"the view {name}, which Athena did not write,")
    try:
        document = json.loads(base64.b64decode(found["document"], validate=True))
        columns = [(column["name"], column["type"]) for column in document["columns"]]
        return View(name, document["originalSql"], document.get("schema") or database, columns)
    except (ValueError, KeyError, TypeError) as error:
        raise QueryFailed(f"INVALID_VIEW: Invalid view JSON of '{name}': {error}") from error


def table_input(
    name: str, database: str, tree: exp.Query, columns: Sequence[ColumnDefinition]
) -> dict[str, Any]:
    """Return the TableInput of a view. Unqualified names in its query are tables of `database`."""
    document = {
        "originalSql": tree.sql("trino", pretty=True),
        "catalog": CATALOG,
        "schema": database,
        "columns": [{"name": column.name, "type": column.trino_type} for column in columns],
    }
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    return {
        "Name": name,
        "TableType": TYPE,
        "Parameters": {"comment": "Presto View", "presto_view": "true"},
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": each.name, "Type": each.hive_type} for each in columns],
            "Location": "",
            "SerdeInfo": {},
        },
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
    }


def _coercible(found: str, declared: str) -> bool:
    found, declared = _without_size(found), _without_size(declared)
    if found in _WIDENING and declared in _WIDENING:
        return _WIDENING.index(found) <= _WIDENING.index(declared)
    return found == declared


def _without_size(kind: str) -> str:
    """Return the type without its length, which DuckDB does not keep."""
    return {"char": "varchar"}.get(word := kind.partition("(")[0], word)
