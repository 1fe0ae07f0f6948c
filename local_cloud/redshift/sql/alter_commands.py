"""CREATE SCHEMA, ALTER TABLE and CREATE DATABASE. These statements are read word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from local_cloud.redshift.access_control import check_owner
from local_cloud.redshift.catalog import Relation, remember_type
from local_cloud.redshift.declared_types import character_type
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.column_definitions import column_definitions
from local_cloud.redshift.sql.identifiers import quoted_name, quoted_relation
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.storage_attributes import (
    StorageAttributes,
    store_attributes,
    stored_attributes,
)
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused


def create_schema(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION user]."""
    reader.expect("CREATE", "SCHEMA")
    if_missing = reader.accept("IF", "NOT", "EXISTS")
    owner = session.user
    name = owner if reader.peek() == "AUTHORIZATION" else reader.name()
    if reader.accept("AUTHORIZATION"):
        owner = session.access.user(reader.name()).name
    if reader.accept("QUOTA"):
        raise refused("QUOTA of a schema")
    reader.end()
    database = (session.database,)
    if not session.access.allows(session.user, "CREATE", database):
        raise StatementFailed(f"ERROR: permission denied for database {session.database}")
    if name in session.catalog().schemas:
        if if_missing:
            return StatementOutcome()
        raise StatementFailed(f'ERROR: Schema "{name}" already exists')
    session.execute(f"CREATE SCHEMA {quoted_name(name)}")
    session.access = session.access.with_owner((session.database, name), owner)
    return StatementOutcome()


def create_database(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE DATABASE name [[WITH] OWNER [=] user]."""
    reader.expect("CREATE", "DATABASE")
    name, owner = reader.name(), session.user
    reader.accept("WITH")
    if reader.accept("OWNER"):
        reader.accept("=")
        owner = session.access.user(reader.name()).name
    reader.end()
    if not session.autocommit:
        raise StatementFailed("ERROR: CREATE DATABASE cannot run inside a transaction block")
    if not session.access.user(session.user).superuser:
        raise StatementFailed("ERROR: permission denied to create database")
    if name in session.access.databases:
        raise StatementFailed(f'ERROR: database "{name}" already exists')
    session.access = session.access.with_database(name, owner)
    return StatementOutcome()


def alter_table(session: Session, reader: Reader) -> StatementOutcome:
    """Run ALTER TABLE, which changes columns, names, the owner or storage attributes."""
    reader.expect("ALTER", "TABLE")
    relation = session.catalog().existing(reader.qualified_name())
    check_owner(session.access, session.user, session.securable(relation))
    for words, change in _CHANGES:
        if reader.accept(*words):
            change(session, reader, relation)
            return StatementOutcome()
    raise refused(f"ALTER TABLE … {reader.rest()}")


def _add_column(session: Session, reader: Reader, relation: Relation) -> None:
    reader.accept("COLUMN")
    described = parse(f"CREATE TABLE t ({reader.rest()})").this.expressions
    definitions = column_definitions(described, session.translation_context())
    if not definitions:
        # Redshift uses keys for its planner only.
        return
    definition = definitions[0]
    if definition.sequence is not None:
        raise StatementFailed("ERROR: cannot add an identity column to an existing table")
    column = definition.column
    if column.name in [known.name for known in session.catalog().relations[relation]]:
        raise StatementFailed(
            f'ERROR: column "{column.name}" of relation "{relation[1]}" already exists'
        )
    # DuckDB cannot add a NOT NULL column: add the column with its default, then forbid NULL.
    text = definition.sql.removesuffix(" NOT NULL")
    session.execute(f"ALTER TABLE {quoted_relation(relation)} ADD COLUMN {text}")
    if not column.nullable:
        altered = f"ALTER COLUMN {quoted_name(column.name)} SET NOT NULL"
        session.execute(f"ALTER TABLE {quoted_relation(relation)} {altered}")
    if column.type.name in ("varchar", "bpchar"):
        session.execute(remember_type(relation, column.name, column.type))


def _drop_column(session: Session, reader: Reader, relation: Relation) -> None:
    reader.accept("COLUMN")
    name = reader.name()
    reader.accept("CASCADE")
    reader.accept("RESTRICT")
    reader.end()
    stored = stored_attributes(session, relation)
    if name == stored.dist_key:
        raise StatementFailed(f'ERROR: cannot drop distkey column "{name}"')
    if name in stored.sort_keys:
        raise StatementFailed(f'ERROR: cannot drop sortkey column "{name}"')
    session.execute(f"ALTER TABLE {quoted_relation(relation)} DROP COLUMN {quoted_name(name)}")
    session.access = session.access.without((*session.securable(relation), name))


def _rename_column(session: Session, reader: Reader, relation: Relation) -> None:
    old = reader.name()
    reader.expect("TO")
    new = reader.name()
    reader.end()
    session.execute(
        f"ALTER TABLE {quoted_relation(relation)} "
        f"RENAME COLUMN {quoted_name(old)} TO {quoted_name(new)}"
    )
    _store(session, relation, stored_attributes(session, relation).renamed(old, new))
    table = session.securable(relation)
    session.access = session.access.renamed((*table, old), (*table, new))


def _store(session: Session, relation: Relation, attributes: StorageAttributes) -> None:
    names = [column.name for column in session.catalog().relations[relation]]
    store_attributes(session, relation, attributes, names)


def _rename(session: Session, reader: Reader, relation: Relation) -> None:
    name = reader.name()
    reader.end()
    session.execute(f"ALTER TABLE {quoted_relation(relation)} RENAME TO {quoted_name(name)}")
    old, new = session.securable(relation), session.securable((relation[0], name))
    session.access = session.access.renamed(old, new)


def _set_owner(session: Session, reader: Reader, relation: Relation) -> None:
    owner = session.access.user(reader.name())
    reader.end()
    session.access = session.access.with_owner(session.securable(relation), owner.name)


def _alter_column(session: Session, reader: Reader, relation: Relation) -> None:
    reader.accept("COLUMN")
    name = reader.name()
    if reader.accept("ENCODE"):
        _encode(session, relation, name, reader.name())
        return
    reader.expect("TYPE")
    declared = character_type(exp.DataType.build(reader.rest(), dialect="redshift"))
    columns = session.catalog().relations[relation]
    known = next((column for column in columns if column.name == name), None)
    if known is None:
        raise StatementFailed(f'ERROR: column "{name}" of relation "{relation[1]}" does not exist')
    if declared is None or declared.name != "varchar" or known.type.name != "varchar":
        raise StatementFailed("ERROR: ALTER COLUMN TYPE can only change the size of a VARCHAR")
    session.execute(remember_type(relation, name, declared))


def _encode(session: Session, relation: Relation, column: str, encoding: str) -> None:
    stored = stored_attributes(session, relation)
    word = "none" if encoding == "raw" else encoding
    encodings = {**stored.encodings, column: word}
    _store(session, relation, replace(stored, encodings=encodings))


def _encode_auto(session: Session, reader: Reader, relation: Relation) -> None:
    reader.expect("AUTO")
    reader.end()


def _set_dist_key(session: Session, reader: Reader, relation: Relation) -> None:
    name = reader.name()
    reader.end()
    stored = stored_attributes(session, relation)
    _store(session, relation, replace(stored, style="KEY", dist_key=name))


def _set_dist_style(session: Session, reader: Reader, relation: Relation) -> None:
    style = reader.word()
    if style == "KEY":
        reader.expect("DISTKEY")
        _set_dist_key(session, reader, relation)
        return
    if style not in ("AUTO", "ALL", "EVEN"):
        raise StatementFailed(f'ERROR: syntax error at or near "{style}"')
    reader.end()
    stored = stored_attributes(session, relation)
    _store(session, relation, replace(stored, style=style, dist_key=None))


def _set_sort_key(session: Session, reader: Reader, relation: Relation) -> None:
    keys: list[str] = []
    if not (reader.accept("AUTO") or reader.accept("NONE")):
        reader.expect("(")
        keys = reader.names()
        reader.expect(")")
    reader.end()
    stored = stored_attributes(session, relation)
    _store(session, relation, replace(stored, sort_keys=tuple(keys), interleaved=False))


_Change = Callable[[Session, Reader, Relation], None]
_CHANGES: tuple[tuple[tuple[str, ...], _Change], ...] = (
    (("RENAME", "COLUMN"), _rename_column),
    (("RENAME", "TO"), _rename),
    (("OWNER", "TO"), _set_owner),
    (("ADD",), _add_column),
    (("DROP",), _drop_column),
    (("ALTER", "DISTKEY"), _set_dist_key),
    (("ALTER", "DISTSTYLE"), _set_dist_style),
    (("ALTER", "SORTKEY"), _set_sort_key),
    (("ALTER", "COMPOUND", "SORTKEY"), _set_sort_key),
    (("ALTER", "ENCODE"), _encode_auto),
    (("ALTER",), _alter_column),
)
