"""Categories of columns: declared, or the most frequent values of the training rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import CATEGORY
from pipeline_code.runtime.flows.transform import Statistics, Transform
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.value_counts import Categories

# Of one column. Rarer values are unknown.
MOST_CATEGORIES = 100


@dataclass(frozen=True)
class CategoryTransform(Transform):
    """A transform of columns with categories.

    `categories` declares them by column, so that they do not depend on the rows. Otherwise they are
    the `most` most frequent values of the training rows, in ascending order. `unknown` is whether
    another value is an error, except a missing one.
    """

    categories: Mapping[str, Sequence[Any]] | None = None
    most: int = MOST_CATEGORIES
    unknown: Literal["allowed", "error"] = "allowed"
    allowed = CATEGORY

    def check(self) -> None:
        """Raise SettingError for categories of other columns, or an unknown choice."""
        self.require_choice("unknown", self.unknown, ("allowed", "error"))
        if self.most < 1:
            raise self.refused(f"most is {self.most}: must be at least 1")
        if self.categories is None:
            return
        missing = [name for name in self.columns if not self.categories.get(name)]
        if missing:
            raise self.refused(f"categories has no values for {', '.join(missing)}")
        found = {name: list(self.categories[name]) for name in self.columns}
        object.__setattr__(self, "categories", found)
        object.__setattr__(self, "state", found)

    def require(self, schema: pa.Schema) -> None:
        """Raise SettingError also for declared categories of another type than their column."""
        super().require(schema)
        for name, found in (self.categories or {}).items():
            self.require_values(schema, name, found)

    def statistics(self) -> Statistics:
        """The counts of the values, unless they are declared."""
        return {name: Categories() for name in self.columns} if self.state is None else {}

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is the list of categories by column."""
        if self.state is not None:
            return self
        return replace(self, state={name: self._most(each) for name, each in statistics.items()})

    def indices(self, name: str, values: pa.Array) -> pa.Array:
        """The number of the category of each value, from 0; null if the value has none.

        Raises DataError for an unknown value that is not allowed.
        """
        found = pc.index_in(values, pa.array(self.known()[name], values.type))
        if self.unknown == "error" and found.null_count > values.null_count:
            unknown = pc.index(pc.and_not(found.is_null(), values.is_null()), True).as_py()
            raise self._unknown(name, values[unknown].as_py(), row=unknown + 1)
        return found

    def index(self, name: str, value: Any) -> int | None:
        """The number of the category of one value, like `indices`."""
        found = self._positions[name].get(value)
        if found is None and value is not None and self.unknown == "error":
            raise self._unknown(name, value, row=1)
        return found

    @cached_property
    def _positions(self) -> dict[str, dict[Any, int]]:
        """Category -> its first position, by column."""
        return {
            name: {value: position for position, value in reversed(list(enumerate(found)))}
            for name, found in self.known().items()
        }

    def _unknown(self, name: str, value: Any, *, row: int) -> DataError:
        categories = ", ".join(map(str, self.known()[name]))
        return DataError(f"row {row}, column {name}: {value!r} is not one of {categories}")

    def _most(self, found: Any) -> list[Any]:
        return sorted(found.most_frequent(self.most))
