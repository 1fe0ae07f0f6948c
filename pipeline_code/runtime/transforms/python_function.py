"""Computes columns with a function of the pipeline."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import pyarrow as pa

from pipeline_code.runtime.flows.columns import with_columns, with_fields, without_nan
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "is_column_function"


def column_function(function: F) -> F:
    """Mark a function as one that a flow may call; a saved flow contains only its name."""
    setattr(function, _MARK, True)
    return function


@dataclass(frozen=True)
class PythonFunction(Transform):
    """Adds the columns `results` that a function computes from the columns, row by row.

    `function` has the decorator `column_function`, is defined in a module of the pipeline and takes
    the columns as pyarrow arrays. It returns an array or, for several results, a list of arrays.
    `results` is name -> type, such as "double", "int64", "bool" or "string". The result of a row
    must depend on this row only, otherwise it differs between training and requests. NaN is a
    missing value.
    """

    function: Callable[..., Any] | None = None
    results: Mapping[str, str] | None = None
    by_column = False

    def check(self) -> None:
        """Raise SettingError for a function without the decorator, or without results."""
        if not getattr(self.function, _MARK, False):
            raise self.refused("function must be a function with the decorator column_function")
        if not self.results:
            raise self.refused("results is empty: must be name -> type of the new columns")
        for name, kind in self.results.items():
            self.require_choice(f"the type of {name}", kind, ("double", "int64", "bool", "string"))

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns and the results."""
        self.require(schema)
        return with_fields(schema, self._types)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the results; raises DataError for other results than declared."""
        assert self.function is not None
        found = self.function(*(batch[name] for name in self.columns))
        arrays: Sequence[Any] = [found] if isinstance(found, pa.Array) else list(found)
        if [len(each) for each in arrays] != [batch.num_rows] * len(self._types):
            raise DataError(
                f"{self._name} returned {len(arrays)} columns of {[len(a) for a in arrays]} rows: "
                f"must be {len(self._types)} of {batch.num_rows}"
            )
        pairs = zip(self._types.items(), arrays, strict=True)
        return with_columns(batch, {n: without_nan(each.cast(kind)) for (n, kind), each in pairs})

    def to_json(self) -> dict[str, Any]:
        """The function is saved as its module and name."""
        return super().to_json() | {"function": self._name}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Find the function; raises DataError if the project has no such column function."""
        module, _, name = str(values["function"]).partition(":")
        if not module.startswith("pipeline_code."):
            raise DataError(f"{module[:80]!r} is not a module of a pipeline")
        try:
            function = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise DataError(f"no function {name[:80]!r} in {module[:80]}: train again") from error
        return cls(**{**values, "function": function})

    @property
    def _types(self) -> dict[str, pa.DataType]:
        return {name: pa.type_for_alias(kind) for name, kind in (self.results or {}).items()}

    @property
    def _name(self) -> str:
        return f"{self.function.__module__}:{self.function.__name__}"  # type: ignore[union-attr]
