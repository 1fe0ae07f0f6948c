"""Checks the clauses of CREATE MODEL against each other, and the training data.

https://docs.aws.amazon.com/redshift/latest/dg/r_create_model_usage_notes.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.redshift.machine_learning.create_statement import (
    AUTO_OBJECTIVES,
    XGBOOST_OBJECTIVES,
    CreateStatement,
)
from local_cloud.redshift.result_set import ResultColumn
from local_cloud.redshift.statement_errors import StatementFailed, refused

MIN_ROWS, MAX_FEATURES = 500, 256
_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8", "bool")
_ALL = (*_NUMBERS, "bpchar", "varchar", "date", "time", "timestamp", "timestamptz")
_TARGETS = ("int2", "int4", "int8", "float4", "float8", "bool", "bpchar", "varchar")


def check_training(found: CreateStatement) -> None:
    """Raise StatementFailed for clauses with which AWS or the laptop cloud does not train."""
    _require(found.target, "TARGET")
    _require(found.bucket, "SETTINGS (S3_BUCKET '…')")
    if found.returns or found.endpoint or found.arguments:
        raise StatementFailed(
            "ERROR: argument types, RETURNS and SAGEMAKER are only valid for a model that is "
            "trained outside of Redshift"
        )
    if found.auto:
        _check_auto(found)
    else:
        _check_xgboost(found)


def _check_auto(found: CreateStatement) -> None:
    if found.hyperparameters:
        raise StatementFailed("ERROR: HYPERPARAMETERS is only valid with AUTO OFF")
    if found.model_type:
        raise refused(f"MODEL_TYPE {found.model_type} with AUTO ON")
    if found.preprocessors:
        raise refused("PREPROCESSORS with AUTO ON")
    _check_objective(found.objective, AUTO_OBJECTIVES)
    if found.objective and not found.problem_type:
        raise refused("OBJECTIVE without PROBLEM_TYPE")


def _check_xgboost(found: CreateStatement) -> None:
    _require(found.model_type, "MODEL_TYPE XGBOOST, because AUTO is OFF")
    _require(found.objective, "OBJECTIVE, because AUTO is OFF")
    _check_objective(found.objective, XGBOOST_OBJECTIVES)
    if found.problem_type:
        raise StatementFailed("ERROR: PROBLEM_TYPE is not supported with AUTO OFF")
    if found.preprocessors.lower() != "none":
        raise StatementFailed("ERROR: PREPROCESSORS must be 'none' with AUTO OFF")
    if found.objective == "multi:softmax" and "num_class" not in found.hyperparameters:
        raise StatementFailed("ERROR: hyperparameter NUM_CLASS is required for multi:softmax")


def _check_objective(given: str, allowed: tuple[str, ...]) -> None:
    if given and given not in allowed:
        raise StatementFailed(f"ERROR: invalid OBJECTIVE {given!r}: one of {', '.join(allowed)}")


def check_columns(found: CreateStatement, columns: Sequence[ResultColumn]) -> None:
    """Raise StatementFailed for columns that cannot be trained on."""
    names = [column.name for column in columns]
    if found.target not in names:
        raise StatementFailed(f'ERROR: column "{found.target}" does not exist in the FROM clause')
    if not 2 <= len(names) <= MAX_FEATURES + 1:
        raise StatementFailed(
            f"ERROR: the training data has {len(names)} columns: it must have a target and "
            f"between 1 and {MAX_FEATURES} features"
        )
    for column in columns:
        of = column.type
        allowed: tuple[str, ...] = _ALL if found.auto else _NUMBERS
        if column.name == found.target:
            allowed = tuple(each for each in allowed if each in _TARGETS)
        if of.name not in allowed:
            role = "target" if column.name == found.target else "feature"
            raise StatementFailed(
                f'ERROR: column "{column.name}" of type {of.words} is not supported as a {role} '
                f"with AUTO {'ON' if found.auto else 'OFF'}"
            )


def check_rows(count: int) -> None:
    """Raise StatementFailed if there are too few rows to train on."""
    if count < MIN_ROWS:
        raise StatementFailed(
            f"ERROR: the training data has {count} rows: at least {MIN_ROWS} are needed"
        )


def check_bring_your_own(found: CreateStatement) -> None:
    """Raise StatementFailed for clauses that only a model that Redshift trains has."""
    _require(found.arguments, "FUNCTION name ( data_type [, …] )")
    _require(found.returns, "RETURNS data_type")
    others = found.target or found.objective or found.problem_type or found.model_type
    if others or not found.auto or found.hyperparameters or found.preprocessors:
        raise StatementFailed(
            "ERROR: TARGET, AUTO, MODEL_TYPE, PROBLEM_TYPE, OBJECTIVE, PREPROCESSORS and "
            "HYPERPARAMETERS are not valid for a model that is trained outside of Redshift"
        )
    if found.endpoint:
        if found.artifact or found.query:
            raise StatementFailed("ERROR: FROM and SAGEMAKER exclude each other")
    else:
        _require(found.artifact, "FROM or SAGEMAKER")
        _require(found.bucket, "SETTINGS (S3_BUCKET '…')")


def _require(value: object, clause: str) -> None:
    if not value:
        raise StatementFailed(f"ERROR: CREATE MODEL requires {clause}")
