"""Encodes raw rows as the numbers that the model uses; the encoder is saved with the model."""

import json
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.census.features import CATEGORIES, EDUCATION
from pipeline_code.runtime.job_errors import DataError

Matrix = npt.NDArray[np.float32]
Kind = Literal["number", "rank", "one-hot"]
FILE = "encoder.json"


@dataclass(frozen=True)
class Feature:
    """The encoding of one column of raw rows.

    A column is encoded as an unchanged number, as the rank of its value in `values` (from 0), or as
    one column of 0 and 1 for each of `values`.
    """

    column: str
    kind: Kind
    values: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the encoded columns."""
        if self.kind == "one-hot":
            return [f"{self.column}={value}" for value in self.values]
        return [self.column]

    def encode(self, values: pa.ChunkedArray) -> Matrix:
        """The encoded columns, of shape (rows, names); raises DataError for an unknown value."""
        if self.kind == "number":
            return np.asarray(values.to_numpy(), dtype=np.float32)[:, None]
        ranks = pc.index_in(values, pa.array(self.values))
        unknown = pc.index(ranks.is_null(), True).as_py()
        if unknown >= 0:
            raise DataError(
                f"row {unknown + 1}, column {self.column}: {values[unknown].as_py()!r} is not one "
                f"of {', '.join(self.values)}"
            )
        indices: npt.NDArray[np.int64] = ranks.to_numpy()
        if self.kind == "rank":
            return indices.astype(np.float32)[:, None]
        return np.eye(len(self.values), dtype=np.float32)[indices]


@dataclass(frozen=True)
class Encoder:
    """The features of a model, in the model's order."""

    features: tuple[Feature, ...]

    @property
    def columns(self) -> list[str]:
        """The columns of raw rows that the encoder needs."""
        return [feature.column for feature in self.features]

    @property
    def names(self) -> list[str]:
        """The names of the encoded columns."""
        return [name for feature in self.features for name in feature.names]

    def encode(self, rows: pa.Table) -> Matrix:
        """The encoded rows, of shape (rows, len(names)), each value a whole number."""
        return np.hstack(list(self.encoded_columns(rows).values()))

    def encoded_columns(self, rows: pa.Table) -> dict[str, Matrix]:
        """The encoded columns of each column of raw rows."""
        return {feature.column: feature.encode(rows[feature.column]) for feature in self.features}

    def to_json(self) -> str:
        """The content of encoder.json."""
        features = [
            {"column": feature.column, "kind": feature.kind, "values": list(feature.values)}
            for feature in self.features
        ]
        return json.dumps({"features": features}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Encoder":
        """Create the encoder from the result of `to_json`."""
        return cls(
            tuple(
                Feature(item["column"], item["kind"], tuple(item["values"]))
                for item in json.loads(text)["features"]
            )
        )


# fnlwgt is the number of people that a row represents, not a property of the person.
# education.num contains the same information as education.
ENCODER = Encoder(
    (
        *(
            Feature(column, "number")
            for column in ("age", "capital.gain", "capital.loss", "hours.per.week")
        ),
        Feature("education", "rank", EDUCATION),
        *(Feature(column, "one-hot", values) for column, values in CATEGORIES.items()),
    )
)
