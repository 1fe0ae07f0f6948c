"""A flow: an ordered list of transforms, which is fitted on training rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.stages import Part, batches_of, columns_of, fit_stage, stages
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.schema import Schema

NO_SOURCES: Mapping[str, pa.Table] = {}


@dataclass(frozen=True)
class Flow:
    """Transforms of rows with the columns of `schema`, in their order.

    `target` is the column that a model predicts, which is not a feature. A transform can use the
    columns that earlier ones add, but not those whose names depend on the training rows. Raises
    SettingError if `schema` lacks the target, or a transform does not accept its columns.
    """

    schema: Schema
    transforms: Sequence[Transform]
    target: str | None = None

    def __post_init__(self) -> None:
        columns = self.schema.arrow()
        if self.target is not None and self.target not in columns.names:
            raise SettingError(
                f"target is {self.target!r}: must be a column of the flow: "
                f"{', '.join(columns.names)}"
            )
        for transform in self.transforms:
            transform.check_target(self.target, columns)
            if self.target in transform.columns:
                raise SettingError(
                    f"{type(transform).__name__}: {self.target} is the target, which a request "
                    "does not have: transform it in the query"
                )
            columns = transform.outputs(columns)

    def fit(
        self, parts: Sequence[Part], *, sources: Mapping[str, pa.Table] = NO_SOURCES
    ) -> FittedFlow:
        """Fit the transforms on the training rows of all parts.

        The result does not depend on how the rows are divided into parts and batches. The memory
        is bounded by a batch and the statistics. `sources` are the tables of `Join`. Columns that
        are optional and absent are left out. Raises DataError without rows.
        """
        given = columns_of(parts)
        present = self.schema.present(given.names, source="the training rows").arrow()
        fitted: list[Transform] = []
        for stage in stages([each.joined(sources) for each in self._used(present)], present):
            fitted += fit_stage(stage, fitted, parts, present)
        return self._fitted(fitted, present)

    def fit_table(
        self, rows: pa.Table, *, sources: Mapping[str, pa.Table] = NO_SOURCES
    ) -> FittedFlow:
        """Fit the transforms on a table of training rows."""
        return self.fit([lambda: batches_of(rows)], sources=sources)

    def without_fit(self, columns: Sequence[str] | None = None) -> FittedFlow:
        """The flow for requests with these columns, or all, if no transform needs a fit.

        Raises SettingError, which names the transforms that need training rows or a source.
        """
        names = [*(self.schema.names if columns is None else columns), self.target]
        present = self.schema.select([name for name in names if name]).arrow()
        used = self._used(present)
        needing = [type(each).__name__ for each in used if each.needs_fit]
        if needing:
            raise SettingError(
                f"{', '.join(needing)}: fit the flow on training rows (`export`: --model)"
            )
        return self._fitted(fit_stage(used, [], [], present), present)

    def _used(self, present: pa.Schema) -> list[Transform]:
        """The transforms without the columns that are absent."""
        absent = set(self.schema.names) - set(present.names)
        return [used for each in self.transforms if (used := each.without(absent)) is not None]

    def _fitted(self, transforms: Sequence[Transform], present: pa.Schema) -> FittedFlow:
        schema = present
        for transform in transforms:
            schema = transform.outputs(schema)
        return FittedFlow(
            columns=tuple(name for name in present.names if name != self.target),
            target=self.target,
            transforms=tuple(transforms),
            features=tuple(name for name in schema.names if name != self.target),
        )
