"""Runs a Redshift statement in a session. The first words select the function that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from local_cloud.redshift.error_messages import redshift_errors
from local_cloud.redshift.machine_learning.create_model import create_model
from local_cloud.redshift.machine_learning.model_commands import drop_model, show_model
from local_cloud.redshift.machine_learning.model_privileges import (
    grant_create_model,
    revoke_create_model,
)
from local_cloud.redshift.s3 import copy, unload
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.spectrum.external_schemas import create_external_schema, refuse_other
from local_cloud.redshift.sql import (
    alter_commands,
    changes,
    database_roles,
    database_users,
    ddl,
    explain,
    privileges,
    queries,
    session_commands,
    show_commands,
)
from local_cloud.redshift.sql.dialect import placeholders, tokens
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

_Command = Callable[[Session, Reader], StatementOutcome]
_Runner = Callable[[Session, exp.Expr, queries.Parameters], StatementOutcome]

# Statements that are read word by word.
_COMMANDS: dict[tuple[str, ...], _Command] = {
    ("ALTER", "DEFAULT", "PRIVILEGES"): privileges.alter_default_privileges,
    ("ALTER", "GROUP"): database_users.alter_group,
    ("ALTER", "TABLE"): alter_commands.alter_table,
    ("ALTER", "USER"): database_users.alter_user,
    ("CREATE", "DATABASE"): alter_commands.create_database,
    ("CREATE", "EXTERNAL", "SCHEMA"): create_external_schema,
    ("CREATE", "EXTERNAL"): refuse_other,
    ("CREATE", "MODEL"): create_model,
    ("CREATE", "GROUP"): database_users.create_group,
    ("CREATE", "ROLE"): database_roles.create_role,
    ("CREATE", "SCHEMA"): alter_commands.create_schema,
    ("CREATE", "USER"): database_users.create_user,
    ("DROP", "GROUP"): database_users.drop_group,
    ("DROP", "MODEL"): drop_model,
    ("DROP", "ROLE"): database_roles.drop_role,
    ("DROP", "USER"): database_users.drop_user,
    ("GRANT", "CREATE", "MODEL"): grant_create_model,
    ("GRANT", "ROLE"): database_roles.grant_role,
    ("REVOKE", "CREATE", "MODEL"): revoke_create_model,
    ("REVOKE", "ROLE"): database_roles.revoke_role,
    ("START", "TRANSACTION"): session_commands.begin,
    ("ABORT",): session_commands.rollback,
    ("ANALYZE",): session_commands.analyze,
    ("BEGIN",): session_commands.begin,
    ("COMMIT",): session_commands.commit,
    ("COPY",): copy.copy,
    ("END",): session_commands.commit,
    ("EXPLAIN",): explain.explain,
    ("GRANT",): privileges.grant,
    ("REVOKE",): privileges.revoke,
    ("RESET",): session_commands.reset,
    ("ROLLBACK",): session_commands.rollback,
    ("SET",): session_commands.set_parameter,
    ("SHOW", "MODEL"): show_model,
    ("SHOW",): show_commands.show,
    ("UNLOAD",): unload.unload,
    ("VACUUM",): session_commands.vacuum,
}
# Statements that are parsed as a tree.
_RUNNERS: tuple[tuple[type[exp.Expr], _Runner], ...] = (
    (exp.Create, ddl.create),
    (exp.Drop, ddl.drop),
    (exp.TruncateTable, ddl.truncate),
    (exp.Insert, changes.insert),
    (exp.Update, changes.update),
    (exp.Delete, changes.delete),
    (exp.Query, queries.select),
)
_PARSED = ("SELECT", "WITH", "(", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "TRUNCATE")
# Statements of Redshift that are not supported.
UNAVAILABLE = (
    *("ALTER", "CALL", "CANCEL", "CLOSE", "COMMENT", "DEALLOCATE", "DECLARE", "EXECUTE", "FETCH"),
    *("LOCK", "MERGE", "PREPARE", "REFRESH", "USE"),
)
_KINDS = {
    **{word: "SELECT" for word in ("SELECT", "WITH", "(")},
    **{word: word for word in ("INSERT", "UPDATE", "DELETE", "COPY", "UNLOAD")},
    **{word: "DDL" for word in ("CREATE", "ALTER", "DROP", "TRUNCATE")},
}
_READING = (
    "SELECT",
    "WITH",
    "(",
    "UNLOAD",
    "EXPLAIN",
    "SET",
    "RESET",
    "SHOW",
    "BEGIN",
    "COMMIT",
    "END",
)


def run(session: Session, sql: str, parameters: Mapping[str, str]) -> StatementOutcome:
    """Run a statement with its parameters, in the current transaction of the session."""
    words = tokens(sql)
    history, label = session.warehouse.history, session.parameters["query_group"]
    with history.recorded(
        sql, _kind(words), user=session.user, database=session.database, label=label
    ) as entry:
        session.query_id = entry.id
        outcome = _run(session, words, sql, parameters)
        entry.rows = outcome.rows
        return outcome


def _kind(words: list[Token]) -> str:
    """Return the query_type of a statement in SYS_QUERY_HISTORY."""
    texts = [word.text.upper() for word in words]
    if texts[0] == "CREATE" and "TABLE" in texts and "AS" in texts:
        return "CTAS"
    return _KINDS.get(texts[0], "UTILITY")


def _run(
    session: Session, words: list[Token], sql: str, parameters: Mapping[str, str]
) -> StatementOutcome:
    used = placeholders(words)
    if missing := used - parameters.keys():
        raise StatementFailed(
            f'ERROR: syntax error at or near ":": no value for {", ".join(sorted(missing))}'
        )
    command = _command(words)
    if command is not None:
        return command(session, Reader(words, sql))
    _check_first_word(words[0].text)
    with redshift_errors():
        tree = parse(sql)
        return _runner(tree, words)(session, tree, {name: parameters[name] for name in used})


def _check_first_word(word: str) -> None:
    if word.upper() in UNAVAILABLE:
        raise refused(f"statement {word.upper()}")
    if word.upper() not in _PARSED:
        raise StatementFailed(f'ERROR: syntax error at or near "{word}" Position: 1')


def writes(sql: str) -> bool:
    """Return whether a statement may change the database: it must then wait for other writers."""
    words = [word.text.upper() for word in tokens(sql)]
    return words[0] not in _READING or "INTO" in words


def _command(words: list[Token]) -> _Command | None:
    first = tuple(word.text.upper() for word in words[:3])
    for length in (3, 2, 1):
        if first[:length] in _COMMANDS:
            return _COMMANDS[first[:length]]
    return None


def _runner(tree: exp.Expr, words: list[Token]) -> _Runner:
    if tree.args.get("into") is not None:
        return ddl.select_into
    for kind, runner in _RUNNERS:
        if isinstance(tree, kind):
            return runner
    raise refused(f"statement {' '.join(word.text.upper() for word in words[:2])}")
