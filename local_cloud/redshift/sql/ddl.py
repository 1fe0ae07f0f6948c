"""CREATE and DROP of tables, views and schemas, TRUNCATE and SELECT INTO."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.access_control import check_owner, check_schema
from local_cloud.redshift.catalog import TEMPORARY, Catalog, Column, Relation, remember_type
from local_cloud.redshift.machine_learning.models import models
from local_cloud.redshift.result_set import ResultColumn
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.spectrum.external_tables import refuse_external
from local_cloud.redshift.sql.column_definitions import column_definitions, like_definitions
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.identifiers import quoted_name, quoted_relation, text_literal
from local_cloud.redshift.sql.queries import Parameters, shape
from local_cloud.redshift.sql.relations import parts, target
from local_cloud.redshift.sql.storage_attributes import (
    StorageAttributes,
    declared_attributes,
    store_attributes,
    stored_attributes,
)
from local_cloud.redshift.statement_errors import StatementFailed, refused
from local_cloud.redshift.system_tables.registry import refuse_system

# Objects of PostgreSQL that Redshift does not have.
_NOT_OF_REDSHIFT = ("SEQUENCE", "TYPE", "TRIGGER")


def create(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run CREATE TABLE [AS] and CREATE VIEW."""
    kind = str(tree.args["kind"]).upper()
    maker = {"TABLE": _create_table, "VIEW": _create_view}.get(kind)
    if kind in _NOT_OF_REDSHIFT:
        raise StatementFailed(
            f'ERROR: SQL command "CREATE {kind}" not supported on Redshift tables'
        )
    if maker is None or _is_materialized(tree):
        raise refused(f"CREATE {'MATERIALIZED ' if _is_materialized(tree) else ''}{kind}")
    catalog = session.catalog()
    relation = _placed(session, tree, catalog)
    if relation in catalog.relations and not tree.args.get("replace"):
        if tree.args.get("exists"):
            return StatementOutcome()
        raise StatementFailed(f'ERROR: Relation "{relation[1]}" already exists')
    maker(session, tree, catalog, relation)
    if relation[0] != TEMPORARY:
        on = session.securable(relation)
        session.access = session.access.with_owner(on, session.user)
    return StatementOutcome()


def _is_materialized(tree: exp.Expr) -> bool:
    return tree.find(exp.MaterializedProperty) is not None


def _placed(session: Session, tree: exp.Expr, catalog: Catalog) -> Relation:
    """Return the name of a new relation. Raises StatementFailed without the privilege CREATE."""
    *qualifier, name = parts(target(tree))
    if tree.find(exp.TemporaryProperty) is not None or name.startswith("#"):
        return TEMPORARY, name
    schema = qualifier[-1] if qualifier else catalog.current_schema
    if schema not in catalog.schemas:
        raise StatementFailed(f'ERROR: schema "{schema}" does not exist')
    if schema in catalog.external:
        raise StatementFailed(
            "ERROR: Operations on local objects in external schema are not enabled."
        )
    check_schema(session.access, session.user, "CREATE", (session.database, schema))
    return schema, name


def _create_table(session: Session, tree: exp.Expr, catalog: Catalog, relation: Relation) -> None:
    if tree.args.get("expression") is not None:
        create_as(session, tree.args["expression"], relation, _renamed(tree))
        created = session.catalog().relations[relation]
        names = [column.name for column in created]
        store_attributes(session, relation, declared_attributes(tree), names)
        return
    described = tree.this.expressions
    if like := next((item for item in described if isinstance(item, exp.LikeProperty)), None):
        definitions = like_definitions(catalog.relations[catalog.existing(parts(like.this))], like)
    else:
        definitions = column_definitions(described, session.translation_context())
    for definition in definitions:
        if definition.sequence is not None:
            session.execute(definition.sequence)
    session.execute(f"{_making(relation)} ({', '.join(item.sql for item in definitions)})")
    _remember(session, relation, [item.column for item in definitions])
    attributes = _like_attributes(session, catalog, like) if like else declared_attributes(tree)
    names = [item.column.name for item in definitions]
    store_attributes(session, relation, attributes, names)


def _like_attributes(session: Session, catalog: Catalog, like: exp.Expr) -> StorageAttributes:
    """Return the storage attributes that CREATE TABLE LIKE copies from the source table."""
    return stored_attributes(session, catalog.existing(parts(like.this)))


def create_as(
    session: Session, query: exp.Expr, relation: Relation, names: list[str] | None = None
) -> int:
    """Create a table from a query (CREATE TABLE AS, SELECT INTO). Return the number of rows."""
    shaped = shape(session, query, {}, padded=False)
    names = names or [column.name for column in shaped.columns]
    listed = ", ".join(quoted_name(name) for name in names)
    session.execute(f"{_making(relation)} ({listed}) AS {shaped.sql}")
    _remember(session, relation, _typed(names, shaped.columns))
    return int(session.value(f"SELECT count(*) FROM {quoted_relation(relation)}"))


def _making(relation: Relation) -> str:
    return f"CREATE {'TEMP ' if relation[0] == TEMPORARY else ''}TABLE {quoted_relation(relation)}"


def _create_view(session: Session, tree: exp.Expr, catalog: Catalog, relation: Relation) -> None:
    if relation in catalog.relations:
        if relation not in catalog.views:
            raise StatementFailed(f'ERROR: "{relation[1]}" is not a view')
        check_owner(session.access, session.user, session.securable(relation))
    refuse_external(tree, catalog, statement="CREATE VIEW")
    refuse_system(tree.args["expression"], catalog, statement="CREATE VIEW")
    text = tree.args["expression"].sql(DIALECT)
    shaped = shape(session, tree.args["expression"], {}, padded=False)
    names = _renamed(tree) or [column.name for column in shaped.columns]
    listed = ", ".join(quoted_name(name) for name in names)
    session.execute(
        f"CREATE OR REPLACE VIEW {quoted_relation(relation)} ({listed}) AS {shaped.sql}"
    )
    session.execute(f"COMMENT ON VIEW {quoted_relation(relation)} IS {text_literal(text)}")
    _remember(session, relation, _typed(names, shaped.columns))


def _renamed(tree: exp.Expr) -> list[str] | None:
    """Return the column names in CREATE … (a, b) AS; None without a list."""
    return [i.name for i in tree.this.expressions] if isinstance(tree.this, exp.Schema) else None


def _typed(names: list[str], columns: tuple[ResultColumn, ...]) -> list[Column]:
    return [
        Column(name, column.type, nullable=True, default=None)
        for name, column in zip(names, columns, strict=True)
    ]


def _remember(session: Session, relation: Relation, columns: list[Column]) -> None:
    for column in columns:
        if column.type.name in ("varchar", "bpchar"):
            session.execute(remember_type(relation, column.name, column.type))


def select_into(session: Session, tree: exp.Expr, parameters: Parameters) -> StatementOutcome:
    """Run SELECT … INTO [TEMP] table."""
    if parameters:
        raise refused("a bound parameter in SELECT INTO")
    into = tree.args["into"]
    tree.set("into", None)
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    made = exp.Create(
        this=into.this,
        kind="TABLE",
        expression=tree,
        properties=properties if into.args.get("temporary") else None,
    )
    return create(session, made, parameters)


def drop(session: Session, tree: exp.Expr, _: Parameters) -> StatementOutcome:
    """Run DROP TABLE, VIEW and SCHEMA."""
    kind = str(tree.args["kind"]).upper()
    if kind == "SCHEMA":
        return _drop_schemas(session, tree)
    if kind not in ("TABLE", "VIEW") or tree.args.get("materialized"):
        raise refused(f"DROP {kind}")
    for table in tree.args["tables"]:
        _drop_relation(session, kind, parts(table), if_exists=bool(tree.args.get("exists")))
    return StatementOutcome()


def _drop_relation(session: Session, kind: str, name: tuple[str, ...], *, if_exists: bool) -> None:
    catalog = session.catalog()
    relation = catalog.resolve(name)
    if relation not in catalog.relations:
        if if_exists:
            return
        raise StatementFailed(f'ERROR: {kind.title()} "{name[-1]}" does not exist')
    if (relation in catalog.views) != (kind == "VIEW"):
        raise StatementFailed(f'ERROR: "{name[-1]}" is not a {kind.lower()}')
    on = session.securable(relation)
    if relation[0] != TEMPORARY:
        check_owner(session.access, session.user, on)
    session.execute(f"DROP {kind} {quoted_relation(relation)}")
    session.access = session.access.without(on)


def _drop_schemas(session: Session, tree: exp.Expr) -> StatementOutcome:
    for table in tree.args["tables"]:
        on = (session.database, table.db)
        if table.db not in session.catalog().schemas:
            if tree.args.get("exists"):
                continue
            raise StatementFailed(f'ERROR: schema "{table.db}" does not exist')
        check_owner(session.access, session.user, on)
        cascade = "CASCADE" if tree.args.get("cascade") else "RESTRICT"
        _check_models(session, table.db, cascade)
        session.execute(f"DROP SCHEMA {quoted_name(table.db)} {cascade}")
        session.execute("DELETE FROM main.external_schemas WHERE name = $name", {"name": table.db})
        session.access = session.access.without(on)
    return StatementOutcome()


def _check_models(session: Session, schema: str, cascade: str) -> None:
    if all(model.schema != schema for model in models(session)):
        return
    if cascade == "CASCADE":
        raise refused("DROP SCHEMA … CASCADE of a schema with a model")
    raise StatementFailed(f"ERROR: cannot drop schema {schema} because other objects depend on it")


def truncate(session: Session, tree: exp.Expr, _: Parameters) -> StatementOutcome:
    """Run TRUNCATE, which commits the current transaction, as on Redshift."""
    for table in tree.expressions:
        relation = session.catalog().existing(parts(table))
        if relation[0] != TEMPORARY and not session.access.allows(
            session.user, "TRUNCATE", session.securable(relation)
        ):
            raise StatementFailed(f"ERROR: must be owner of relation {relation[1]}")
        session.execute(f"DELETE FROM {quoted_relation(relation)}")
    session.commit()
    session.begin()
    return StatementOutcome()
