"""Rows that a flow prepares, as the features of a group."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.stages import batches_of
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.typed_columns import typed_table, with_lower_names


@dataclass(frozen=True)
class FlowFeatures:
    """The features of a fitted flow, whose raw rows have the columns of `schema`."""

    flow: FittedFlow
    schema: Schema

    def types(self) -> dict[str, str]:
        """Return feature -> type, in the order of the flow, without the target.

        Raises SettingError if two columns have the same name as a feature.
        """
        columns = self.schema.select(self.flow.columns).arrow()
        for transform in self.flow.transforms:
            columns = transform.outputs(columns)
        names = feature_names(self.flow.features)
        return {names[each]: _feature_type(columns.field(each).type) for each in names}

    def prepared(self, rows: pa.Table, group: DeclaredGroup, *, source: str) -> pa.Table:
        """Return the identifier and the event time of raw rows, and their prepared columns.

        The target is included if the group declares it. Raises DataError, which names `source`,
        and SettingError if the flow prepares the identifier or the event time.
        """
        rows = with_lower_names(rows, source=source)
        declared, kept = group.features, (group.record_identifier, group.event_time)
        if missing := [name for name in kept if name not in rows.column_names]:
            raise DataError(
                f"{source} has the columns {', '.join(rows.column_names)}: missing are "
                f"{', '.join(missing)}, the record identifier or the event time of {group.name}"
            )
        target = [name for name in (self.flow.target,) if name and feature_name(name) in declared]
        names = feature_names([*self.flow.features, *target])
        if found := sorted(set(kept) & set(names.values())):
            raise SettingError(
                f"the flow prepares {', '.join(found)}, the record identifier or the event time of "
                f"{group.name}: add a column of another name to the rows, or drop it in the flow"
            )
        typed = self._typed(rows, [*self.flow.columns, *target], source)
        columns = {name: rows[name] for name in kept}
        for column, values in (*self._features(typed), *((name, typed[name]) for name in target)):
            columns[names[column]] = values
        return pa.table(columns)

    def _typed(self, rows: pa.Table, columns: Collection[str], source: str) -> pa.Table:
        """The columns of raw rows in the types of the schema."""
        schema = self.schema.select([*columns])
        given = [name for name in rows.column_names if name in schema.names]
        return typed_table(rows, schema.present(given, source=source), source=source)

    def _features(self, rows: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
        """Yield the name and the values of each feature of the flow."""
        empty = pa.RecordBatch.from_pylist([], schema=rows.schema)
        batches = list(batches_of(rows)) or [empty]
        applied = pa.Table.from_batches(list(map(self.flow.apply, batches)))
        for name in self.flow.features:
            yield name, applied[name]


def feature_names(columns: Iterable[str]) -> dict[str, str]:
    """Return column -> feature. Raises SettingError if two columns become the same feature."""
    found = {column: feature_name(column) for column in columns}
    for column, name in found.items():
        same = [each for each in found if found[each] == name]
        if len(same) > 1:
            raise SettingError(
                f"the columns {', '.join(same)} all become the feature {name!r}, whose name may "
                f"have lower-case letters, digits and hyphens only: rename {column} in the flow"
            )
    return found


def _feature_type(kind: pa.DataType) -> str:
    """Return the type of the feature; a boolean is 0 or 1."""
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "Integral"
    return "Fractional" if pa.types.is_floating(kind) else "String"


def feature_name(column: str) -> str:
    """Return the name of a column as a feature: `day.day_of_week` is `day-day-of-week`.

    Names of features have lower-case letters, digits and hyphens
    (docs/decisions/0050-feature-groups-are-locked-declarations.md).
    """
    return re.sub(r"[^a-z0-9]+", "-", column.lower()).strip("-")
