"""The transforms of a new pipeline: what each type of column needs to be a feature."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline_code.scaffold.detection import Detected

LINE_LENGTH = 100
INDENT = " " * 8


@dataclass(frozen=True)
class DeclaredTransform:
    """A transform of some columns: its module and class, and its further arguments."""

    kind: str
    name: str
    columns: Sequence[str]
    more: str = ""

    @property
    def imported(self) -> str:
        """The import of the class."""
        return f"from pipeline_code.runtime.transforms.{self.kind} import {self.name}"

    @property
    def declared(self) -> str:
        """The call of the class, in the form of the formatter."""
        names = [json.dumps(name) for name in self.columns]
        line = f"{INDENT}{self.name}([{', '.join(names)}]{self.more and f', {self.more}'}),"
        if len(line) <= LINE_LENGTH:
            return line
        listed = [f"        {name}," for name in names]
        more = [f"    {self.more},"] if self.more else []
        end = "    ]," if more else "    ]"
        lines = [f"{self.name}(", "    [", *listed, end, *more, "),"]
        return "\n".join(f"{INDENT}{line}" for line in lines)


def transforms_of(inputs: Sequence[Detected]) -> list[DeclaredTransform]:
    """The transforms of inputs; numbers and booleans are features as they are."""
    texts = [column.name for column in inputs if column.type == "text"]
    missing = [column.name for column in inputs if column.type == "text" and column.nullable]
    times = [column.name for column in inputs if column.type in ("date", "timestamp")]
    found = [
        DeclaredTransform("fill_missing", "FillMissing", missing, '"own category"'),
        DeclaredTransform("one_hot", "OneHot", texts),
        DeclaredTransform("time_parts", "TimeParts", times),
    ]
    return [each for each in found if each.columns]
