"""A pipeline for the rows of a query, whose values are not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline_code.scaffold.errors import InvalidSource
from pipeline_code.scaffold.known_tables import KnownQuery
from pipeline_code.scaffold.table_pipeline import TablePipeline

_DATA = """\
The query reads tables that exist: `load` writes nothing for this pipeline. The tests use rows that
are generated from the types of the columns and, where the warehouse was measured, their ranges and
missing values. The target of these rows depends on the columns, so the figures of a model of
generated rows mean nothing. The limits of `contract.py` are wide: narrow them when you know the
data of the first runs."""
_WIDE_DAYS = 3_650


@dataclass(frozen=True)
class QueryPipeline(TablePipeline):
    """A pipeline from a query or a table."""

    given: KnownQuery = field(default_factory=lambda: KnownQuery("", "", {}, {}))

    def check_target(self) -> None:
        """Raise InvalidSource for texts as classes, which no file contains."""
        if self.target.column.type == "text":
            name = self.target.column.name
            raise InvalidSource(
                f"the target {name} is a text, whose values are not known: make it a boolean in "
                f"the query, as in ({name} = 'yes') AS {name}"
            )

    @property
    def source(self) -> str:
        """What the folder was created from."""
        return "a query"

    @property
    def query(self) -> str:
        """The given query; columns that the model does not use are left out."""
        is_used = not self.left_out and not any(each.nullable for each in self.target.columns)
        return self.given.text if is_used else self.selecting(self.given.source)

    @property
    def data(self) -> str:
        """The section Data of the README."""
        return _DATA

    @property
    def limits(self) -> list[str]:
        """Wide limits: the ranges that were measured, and what may be missing."""
        ranges = {
            each.name: (found.least, found.most)
            for each in self.inputs
            if each.is_number
            and (found := self.given.measured.get(each.name))
            and found.most is not None
        }
        nulls = {
            each.name: min(1.0, round(2 * found.missing + 0.05, 2)) if found else 1.0
            for each in self.inputs
            for found in [self.given.measured.get(each.name)]
            if each.nullable
        }
        dates = any(each.type in ("date", "timestamp") for each in self.inputs)
        days = [f"longest_gap_days={_WIDE_DAYS:_}", f"future_days={_WIDE_DAYS:_}"]
        return [
            "dataset=DATASET",
            "least_rows=100",
            *_mapping("ranges", ranges),
            *_mapping("nulls", nulls),
            "repeated=1.0",
            *(days if dates else []),
        ]

    @property
    def reasons(self) -> list[str]:
        """What was found and chosen, and why."""
        (_file, *others) = super().reasons
        return others


def _mapping(name: str, entries: Mapping[str, object]) -> list[str]:
    if not entries:
        return []
    lines = "".join(f'        "{column}": {value},\n' for column, value in entries.items())
    return [f"{name}={{\n{lines}    }}"]
