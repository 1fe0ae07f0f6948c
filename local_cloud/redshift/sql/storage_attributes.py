"""The distribution, sort keys and encodings of tables, which only the system tables show.

Sources: pages "CREATE TABLE" and "Compression encodings" of the Developer Guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from sqlglot import exp

from local_cloud.redshift.catalog import Relation
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.dialect import ColumnAttribute, InterleavedSortKey
from local_cloud.redshift.sql.identifiers import quoted_relation, text_literal
from local_cloud.redshift.statement_errors import StatementFailed

_UNCOMPRESSED = ("bool", "float4", "float8")


@dataclass(frozen=True)
class StorageAttributes:
    """The attributes. `style` is AUTO, EVEN, ALL or KEY; an encoding is a word such as `az64`."""

    style: str = "AUTO"
    dist_key: str | None = None
    sort_keys: tuple[str, ...] = ()
    interleaved: bool = False
    encodings: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown_style(self) -> str:
        """The distribution style in SVV_TABLE_INFO. AUTO selects ALL for small tables."""
        return {"AUTO": "AUTO(ALL)", "KEY": f"KEY({self.dist_key})"}.get(self.style, self.style)

    def sort_position(self, column: str) -> int:
        """Return the position of a column in the sort key, from 1; 0 if it is not in the key.

        Positions in an interleaved key have alternating signs.
        """
        if column not in self.sort_keys:
            return 0
        position = self.sort_keys.index(column) + 1
        return -position if self.interleaved and position % 2 == 0 else position

    def encoding(self, column: str, of: RedshiftType) -> str:
        """Return the declared compression encoding, or the default of the type."""
        if column in self.encodings:
            return self.encodings[column]
        if column in self.sort_keys or of.name in _UNCOMPRESSED:
            return "none"
        return "lzo" if of.is_text or of.name == "varbyte" else "az64"

    def renamed(self, old: str, new: str) -> StorageAttributes:
        """Return a copy in which a column has a new name."""
        return replace(
            self,
            dist_key=new if self.dist_key == old else self.dist_key,
            sort_keys=tuple(new if key == old else key for key in self.sort_keys),
            encodings={(new if key == old else key): word for key, word in self.encodings.items()},
        )


def declared_attributes(create: exp.Expr) -> StorageAttributes:
    """Return the attributes of a CREATE TABLE: those of its columns and those of the table."""
    style = create.find(exp.DistStyleProperty)
    dist_key = _dist_key(create)
    sort_key = create.find(exp.SortKeyProperty)
    return StorageAttributes(
        style=style.this.name.upper() if style is not None else ("KEY" if dist_key else "AUTO"),
        dist_key=dist_key,
        sort_keys=tuple(key.name for key in sort_key.this) if sort_key else _sort_columns(create),
        interleaved=isinstance(sort_key, InterleavedSortKey),
        encodings=_encodings(create),
    )


def _dist_key(create: exp.Expr) -> str | None:
    table_wide = create.find(exp.DistKeyProperty)
    if table_wide is not None:
        return str(table_wide.this.name)
    return next(iter(_columns_with(create, "DISTKEY")), None)


def _sort_columns(create: exp.Expr) -> tuple[str, ...]:
    return tuple(_columns_with(create, "SORTKEY"))


def _columns_with(create: exp.Expr, attribute: str) -> list[str]:
    return [
        column.name
        for column in create.find_all(exp.ColumnDef, bfs=False)
        if any(found.this == attribute for found in column.find_all(ColumnAttribute))
    ]


def _encodings(create: exp.Expr) -> dict[str, str]:
    found = {}
    for column in create.find_all(exp.ColumnDef):
        encoding = column.find(exp.EncodeColumnConstraint)
        if encoding is not None:
            word = encoding.this.name.lower()
            found[column.name] = "none" if word == "raw" else word
    return found


def store_attributes(
    session: Session, relation: Relation, attributes: StorageAttributes, columns: Iterable[str]
) -> None:
    """Store the attributes of a table in DuckDB's comment on the table."""
    keys = [attributes.dist_key] if attributes.dist_key else []
    missing = {*keys, *attributes.sort_keys} - set(columns)
    if missing:
        raise StatementFailed(f'ERROR: column "{min(missing)}" named in key does not exist')
    text = text_literal(json.dumps(asdict(attributes)))
    session.execute(f"COMMENT ON TABLE {quoted_relation(relation)} IS {text}")


def stored_attributes(session: Session, relation: Relation) -> StorageAttributes:
    """Return the attributes of a table."""
    comment = session.value(
        "SELECT comment FROM duckdb_tables() WHERE table_name = $name "
        "AND $schema IN (schema_name, database_name)",
        {"schema": relation[0], "name": relation[1]},
    )
    return read_attributes(comment)


def read_attributes(comment: str | None) -> StorageAttributes:
    """Return the attributes in a comment of `store_attributes`."""
    if comment is None:
        return StorageAttributes()
    fields = json.loads(comment)
    return StorageAttributes(**{**fields, "sort_keys": tuple(fields["sort_keys"])})
