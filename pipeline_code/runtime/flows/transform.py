"""What all transforms have in common: declaration, fit, use, and the form in JSON."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Self

import pyarrow as pa

from pipeline_code.runtime.flows.columns import is_value
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.sketches.statistic import Statistic

Statistics = dict[str, Statistic]
# Column -> value of a row; None is a missing value.
Row = dict[str, Any]
# Changes a row in place.
RowFunction = Callable[[Row], None]


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    """What a transform computed from the training rows: values of JSON."""

    state: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Transform(_Fitted):
    """A step of a flow, declared with the columns that it reads.

    A subclass defines `outputs` and `apply`. If it needs something of the training rows, also
    `statistics` and `fitted`. Its other fields are values of JSON.
    """

    columns: Sequence[str]
    # The types of columns that it accepts, by their name in messages; empty for all types.
    allowed: ClassVar[Mapping[str, Callable[[pa.DataType], bool]]] = {}
    # Whether it transforms each column separately.
    by_column: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, list):
                object.__setattr__(self, each.name, tuple(value))
        if isinstance(self.columns, str):
            raise self.refused(f"columns is the text {self.columns!r}: must be a list of names")
        self.check()

    @property
    def kind(self) -> str:
        """The name of the transform in JSON: that of its module."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def reads(self) -> Sequence[str] | None:
        """The columns that it reads, or None for all columns."""
        return self.columns

    def check(self) -> None:
        """Raise SettingError if a value of the declaration is not allowed."""

    def check_target(self, target: str | None, schema: pa.Schema) -> None:
        """Raise SettingError if it needs the target of the flow, and the rows have another one."""

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns after the transform; raises SettingError for columns that it rejects.

        Columns that depend on the training rows are known only after the fit.
        """
        raise NotImplementedError

    def joined(self, sources: Mapping[str, pa.Table]) -> Self:
        """The transform with the rows of the other sources that it needs, by name."""
        return self

    def statistics(self) -> Statistics:
        """An empty statistic for each name that `observe` updates; none if it needs no fit."""
        return {}

    @property
    def needs_fit(self) -> bool:
        """Whether it needs training rows or another source."""
        return bool(self.statistics())

    def observe(self, statistics: Statistics, batch: pa.RecordBatch) -> None:
        """Add training rows to the statistics. By default their names are those of columns."""
        for name, statistic in statistics.items():
            statistic.update(batch[name])

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The transform with its state; `schema` has the columns before the transform."""
        return self

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transform rows; their number and order stay."""
        raise NotImplementedError

    def apply_training(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transform rows that the transform was fitted on."""
        return self.apply(batch)

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """The function that changes a row with the columns of `schema` as `apply` changes a batch.

        By default it applies the transform to a batch of one row.
        """
        used = pa.schema([schema.field(name) for name in self.columns])

        def change(row: Row) -> None:
            values = [pa.array([row.pop(each.name)], each.type) for each in used]
            found = self.apply(pa.RecordBatch.from_arrays(values, schema=used))
            for name, column in zip(found.schema.names, found.columns, strict=True):
                row[name] = column[0].as_py()

        return change

    def without(self, absent: Collection[str]) -> Self | None:
        """The transform without columns that are optional and absent, or None if it has no other.

        Raises SettingError if it needs all its columns together.
        """
        columns = [name for name in self.columns if name not in absent]
        if len(columns) == len(self.columns):
            return self
        if not self.by_column:
            missing = ", ".join(name for name in self.columns if name in absent)
            raise self.refused(f"the rows have no {missing}, which it needs: declare it required")
        return replace(self, columns=columns) if columns else None

    def require(self, schema: pa.Schema) -> None:
        """Raise SettingError if columns are missing or have types that it does not accept."""
        for name in self.columns:
            if name not in schema.names:
                raise self.refused(f"no column {name!r}: allowed are {', '.join(schema.names)}")
            found = schema.field(name).type
            if self.allowed and not any(accepts(found) for accepts in self.allowed.values()):
                raise self.refused(
                    f"column {name!r} is of type {found}: allowed are {', '.join(self.allowed)}"
                )

    def require_values(self, schema: pa.Schema, name: str, values: Sequence[object]) -> None:
        """Raise SettingError if a column cannot have one of the values."""
        found = schema.field(name).type
        for value in values:
            if not is_value(value, found):
                raise self.refused(f"{value!r} is not a value of {name!r}, of type {found}")

    def require_choice(self, name: str, value: object, choices: Sequence[object]) -> None:
        """Raise SettingError if a value of the declaration is not one of the choices."""
        if value not in choices:
            allowed = ", ".join(map(repr, choices))
            raise self.refused(f"{name} is {value!r}: allowed are {allowed}")

    def refused(self, message: str) -> SettingError:
        """A SettingError that names the transform."""
        return SettingError(f"{type(self).__name__}: {message}")

    def known(self) -> Mapping[str, Any]:
        """The state; raises DataError if the transform was not fitted."""
        if self.state is None:
            raise DataError(f"{type(self).__name__} is not fitted: fit the flow on training rows")
        return self.state

    def to_json(self) -> dict[str, Any]:
        """The JSON value that `read_transform` reads."""
        return {"kind": self.kind} | {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The transform from the members of `to_json`, without its kind."""
        return cls(**values)
