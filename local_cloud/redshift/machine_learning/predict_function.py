"""The function of DuckDB that predicts batches of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from local_cloud.redshift.statement_errors import StatementFailed

PREDICT = "redshift_predict"


class Predictor(Protocol):
    """Predicts rows."""

    def predict(self, rows: Sequence[Sequence[str | None]]) -> list[str]:
        """Return one value for each row. Raises StatementFailed."""

    def close(self) -> None:
        """Release the resources."""


def register_models(
    connection: duckdb.DuckDBPyConnection, predictors: Mapping[str, Predictor]
) -> None:
    """Register the function that predicts a batch of rows with the predictor of a model's id."""

    def predict(ids: pa.ChunkedArray, rows: pa.ChunkedArray) -> pa.Array:
        if not len(ids):
            return pa.array([], pa.string())
        (identifier,) = set(ids.to_pylist())
        if identifier not in predictors:
            raise StatementFailed("ERROR: the model of a function does not exist")
        return pa.array(predictors[identifier].predict(rows.to_pylist()), pa.string())

    connection.create_function(
        PREDICT,
        predict,
        ["VARCHAR", "VARCHAR[]"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        side_effects=True,
    )
