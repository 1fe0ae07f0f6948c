"""Reads CREATE MODEL. The clauses have the order of the page, which AWS requires."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from local_cloud.redshift.declared_types import declared_type
from local_cloud.redshift.s3.common_options import role
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

PROBLEM_TYPES = ("REGRESSION", "BINARY_CLASSIFICATION", "MULTICLASS_CLASSIFICATION")
AUTO_OBJECTIVES = ("MSE", "Accuracy", "F1", "F1Macro", "AUC")
XGBOOST_OBJECTIVES = (
    *("reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror"),
    *("reg:tweedie", "binary:logistic", "binary:hinge", "multi:softmax"),
)
_RANKINGS = ("rank:pairwise", "rank:ndcg")
_MODEL_TYPES = ("XGBOOST", "MLP", "LINEAR_LEARNER", "KMEANS", "FORECAST")


@dataclass
class CreateStatement:
    """The clauses of a statement. `query` is a SELECT, `artifact` is a job or an S3 path."""

    name: tuple[str, ...] = ()
    query: str = ""
    artifact: str = ""
    target: str = ""
    function: tuple[str, ...] = ()
    arguments: list[str] = field(default_factory=list)
    returns: str = ""
    endpoint: str = ""
    role: str = ""
    auto: bool = True
    model_type: str = ""
    problem_type: str = ""
    objective: str = ""
    preprocessors: str = ""
    hyperparameters: dict[str, str] = field(default_factory=dict)
    bucket: str = ""
    kms_key: str = ""
    collect_garbage: bool = True
    max_cells: int = 1_000_000
    max_runtime: int = 5_400


def read_create_model(reader: Reader) -> CreateStatement:
    """Read CREATE MODEL. Raises StatementFailed for clauses that are invalid or not supported."""
    found = CreateStatement()
    reader.expect("CREATE", "MODEL")
    found.name = reader.qualified_name()
    if reader.accept("FROM"):
        _source(reader, found)
    if reader.accept("TARGET"):
        found.target = reader.text().lower() if reader.next_is_text() else reader.name()
    _function(reader, found)
    reader.expect("IAM_ROLE")
    found.role = role(reader)
    _options(reader, found)
    return found


def _options(reader: Reader, found: CreateStatement) -> None:
    """Read the optional clauses in their order.

    The syntax and the examples of AWS have PREPROCESSORS and HYPERPARAMETERS in different orders.
    """
    last, given = 0, set()
    while not reader.done:
        word = reader.peek()
        if word in given or word in _BEFORE_OPTIONS or reader.next_is_text():
            raise reader.unexpected()
        if word not in _OPTIONS:
            raise refused(f"the CREATE MODEL option {word}")
        place, read = _OPTIONS[word]
        if place < last:
            raise reader.unexpected()
        last = place
        given.add(word)
        reader.expect(word)
        read(reader, found)


def _source(reader: Reader, found: CreateStatement) -> None:
    if reader.next_is_text():
        found.artifact = reader.text()
    elif reader.accept("("):
        if reader.next_is_text():
            found.artifact = reader.text()
            reader.expect(")")
        else:
            found.query = reader.inside()
    else:
        found.query = f"SELECT * FROM {'.'.join(map(quoted_name, reader.qualified_name()))}"


def _function(reader: Reader, found: CreateStatement) -> None:
    reader.expect("FUNCTION")
    found.function = reader.qualified_name()
    if reader.accept("("):
        found.arguments = _arguments(reader.inside())
    if reader.accept("RETURNS"):
        found.returns = _declared(reader.until("SAGEMAKER", "IAM_ROLE"))
    if reader.accept("SAGEMAKER"):
        found.endpoint = reader.text()
        if reader.accept(":"):
            raise refused("a model of a multi-model endpoint in SAGEMAKER")


def _arguments(text: str) -> list[str]:
    """Return the declarations of a list of types; a comma in brackets does not end a type."""
    return [_declared(part) for part in re.split(r",(?![^()]*\))", text)] if text else []


def _declared(text: str) -> str:
    """Return the declaration of a data type in Redshift's words."""
    try:
        return declared_type(exp.DataType.build(text, dialect=DIALECT)).declaration
    except ValueError as error:
        raise StatementFailed(f'ERROR: type "{text}" does not exist') from error


def _auto(reader: Reader, found: CreateStatement) -> None:
    found.auto = _switch(reader)


def _model_type(reader: Reader, found: CreateStatement) -> None:
    found.model_type = reader.word()
    if found.model_type not in _MODEL_TYPES:
        raise _invalid("MODEL_TYPE", found.model_type, _MODEL_TYPES)
    if found.model_type != "XGBOOST":
        raise refused(f"MODEL_TYPE {found.model_type}")


def _problem_type(reader: Reader, found: CreateStatement) -> None:
    in_brackets = reader.accept("(")
    found.problem_type = reader.word()
    if in_brackets:
        reader.expect(")")
    if found.problem_type not in PROBLEM_TYPES:
        raise _invalid("PROBLEM_TYPE", found.problem_type, PROBLEM_TYPES)


def _objective(reader: Reader, found: CreateStatement) -> None:
    in_brackets = reader.accept("(")
    found.objective = reader.text()
    if in_brackets:
        reader.expect(")")
    if found.objective in _RANKINGS:
        raise refused(f"OBJECTIVE {found.objective!r}")


def _preprocessors(reader: Reader, found: CreateStatement) -> None:
    found.preprocessors = reader.text()


def _hyperparameters(reader: Reader, found: CreateStatement) -> None:
    reader.expect("DEFAULT")
    if not reader.accept("EXCEPT"):
        return
    reader.expect("(")
    while True:
        name = reader.name()
        if name in found.hyperparameters or name == "objective":
            raise StatementFailed(f"ERROR: invalid hyperparameter {name}: it is given elsewhere")
        found.hyperparameters[name] = reader.text()
        if not reader.accept(","):
            break
    reader.expect(")")


def _settings(reader: Reader, found: CreateStatement) -> None:
    reader.expect("(")
    given = set()
    while True:
        name = reader.word()
        if name in given:
            raise StatementFailed("ERROR: conflicting or redundant options")
        given.add(name)
        if name not in _SETTINGS:
            raise refused(f"the CREATE MODEL setting {name}")
        _SETTINGS[name](reader, found)
        if not reader.accept(","):
            break
    reader.expect(")")


def _bucket(reader: Reader, found: CreateStatement) -> None:
    found.bucket = reader.text()


def _kms_key(reader: Reader, found: CreateStatement) -> None:
    found.kms_key = reader.text()


def _garbage(reader: Reader, found: CreateStatement) -> None:
    found.collect_garbage = _switch(reader)


def _cells(reader: Reader, found: CreateStatement) -> None:
    found.max_cells = reader.number()


def _runtime(reader: Reader, found: CreateStatement) -> None:
    found.max_runtime = reader.number()


def _switch(reader: Reader) -> bool:
    if reader.accept("ON"):
        return True
    reader.expect("OFF")
    return False


def _invalid(clause: str, value: str, allowed: tuple[str, ...]) -> StatementFailed:
    return StatementFailed(f"ERROR: invalid {clause} {value}: one of {', '.join(allowed)}")


_Read = Callable[[Reader, CreateStatement], None]
_BEFORE_OPTIONS = ("FROM", "TARGET", "FUNCTION", "RETURNS", "SAGEMAKER", "IAM_ROLE")
# Clause -> its place in the order, and the function that reads it.
_OPTIONS: dict[str, tuple[int, _Read]] = {
    "AUTO": (1, _auto),
    "MODEL_TYPE": (2, _model_type),
    "PROBLEM_TYPE": (3, _problem_type),
    "OBJECTIVE": (4, _objective),
    "PREPROCESSORS": (5, _preprocessors),
    "HYPERPARAMETERS": (5, _hyperparameters),
    "SETTINGS": (6, _settings),
}
_SETTINGS: dict[str, _Read] = {
    "S3_BUCKET": _bucket,
    "KMS_KEY_ID": _kms_key,
    "S3_GARBAGE_COLLECT": _garbage,
    "MAX_CELLS": _cells,
    "MAX_RUNTIME": _runtime,
}
