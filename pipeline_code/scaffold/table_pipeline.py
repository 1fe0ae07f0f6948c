"""The texts of a pipeline that learns from a table of the warehouse, by placeholder."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pipeline_code.sample_rows import Statistics
from pipeline_code.scaffold.column_statistics import ranks_of_target, statistics_of
from pipeline_code.scaffold.contract_limits import ContractLimits
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.errors import InvalidSource
from pipeline_code.scaffold.kinds import KIND_PLACEHOLDERS
from pipeline_code.scaffold.target import Target
from pipeline_code.scaffold.transforms import transforms_of
from warehouse.described.reading import quoted

# Of generated rows.
FEWEST_ROWS, MOST_ROWS = 1_000, 5_000
LINE_LENGTH = 100
SCHEMA_TYPES = {
    **{"boolean": "BOOLEAN", "integer": "INTEGER", "decimal": "FLOAT"},
    **{"date": "DATE", "timestamp": "TIMESTAMP", "text": "STRING"},
}


@dataclass(frozen=True)
class TablePipeline:
    """A pipeline for the columns of a file: which the model uses, and the texts of its files."""

    name: str
    columns: Sequence[Detected]
    target: Target
    statistics: Statistics

    @classmethod
    def of(cls, name: str, columns: Sequence[Detected], target: Target, form: Statistics) -> Self:
        """Describe the columns; raises InvalidSource if the model has no input."""
        targets = {each.name: each for each in target.columns}
        columns = [targets.get(each.name, each) for each in columns]
        ranks = ranks_of_target(target)
        rows = min(max(len(target.column.texts), FEWEST_ROWS), MOST_ROWS)
        found = [statistics_of(column, ranks) for column in columns]
        first, *others = target.names
        statistics = replace(form, rows=rows, target=first, other_targets=others, columns=found)
        made = cls(name, columns, target, statistics)
        if not made.inputs:
            reasons = "; ".join(map(_left_out, made.left_out)) or "there is no other column"
            raise InvalidSource(f"the model would have no input: {reasons}")
        return made

    @property
    def inputs(self) -> list[Detected]:
        """The columns that the model uses."""
        others = [each for each in self.columns if each.name not in self.target.names]
        return [column for column in others if not column.unusable]

    @property
    def left_out(self) -> list[Detected]:
        """The columns of the table that the query does not read."""
        return [each for each in self.columns if each not in self._read]

    @property
    def reasons(self) -> list[str]:
        """What was detected and chosen, and why."""
        form = self.statistics
        missing = [f"{c.name} {c.missing:.1%}" for c in self.columns if c.nullable]
        types = ", ".join(
            f"{c.name} {c.type}{f' ({c.form})' if c.form else ''}" for c in self.columns
        )
        return [
            f"file: delimiter {form.delimiter!r}, {len(self.target.column.texts):,} rows",
            f"types: {types}",
            f"missing values: {', '.join(missing) or 'none'}",
            *self.target.reasons,
            *(f"not an input: {_left_out(column)}" for column in self.left_out),
        ]

    @property
    def placeholders(self) -> dict[str, str]:
        """The placeholders of the template, without those that depend on the project."""
        return {
            "name": self.name,
            "target": " and ".join(self.target.names),
            "declared_target": self._declared_target,
            "table_columns": ",\n".join(f"  {self._sql(column)}" for column in self.columns),
            "query": self.query,
            "contract_limits": "\n".join(f"    {each}," for each in self.limits),
            "source": self.source,
            "data": self.data,
            "imports": self._imports,
            "schema_columns": "\n".join(f"        {self._declared(c)}," for c in self._read),
            "classes": self._classes,
            "dataset_arguments": self._dataset_arguments,
            "flow": self._flow,
            "column_table": "\n".join(
                f"| `{column.name}` | {self._described(column)} |" for column in self.columns
            ),
            "request": json.dumps(self._request),
            **KIND_PLACEHOLDERS[self.target.kind],
        }

    @property
    def source(self) -> str:
        """What the folder was created from."""
        return "a CSV file"

    @property
    def query(self) -> str:
        """The text of query.sql."""
        return self.selecting(f"{self.name}.rows")

    @property
    def data(self) -> str:
        """The section Data of the README."""
        return _DATA.format(name=self.name)

    @property
    def limits(self) -> list[str]:
        """The arguments of the contract."""
        return ContractLimits(self.target, self.inputs, self.statistics).arguments

    def selecting(self, rows: str) -> str:
        """Return the query of what the model uses, from a table or a query in parentheses."""
        # Rows without a target teach nothing.
        conditions = [
            f"{quoted(each.name)} IS NOT NULL" for each in self.target.columns if each.nullable
        ]
        condition = "\nWHERE " + "\n  AND ".join(conditions) if conditions else ""
        selected = ",\n       ".join(quoted(column.name) for column in self._read)
        return f"SELECT {selected}\nFROM {rows}{condition}"

    @property
    def _read(self) -> list[Detected]:
        return [*self.target.columns, *self.inputs]

    @property
    def _imports(self) -> str:
        types = {self._type(column).partition("(")[0] for column in self._read}
        lines = ["from pipeline_code.runtime.dataset import Dataset"]
        lines.append("from pipeline_code.runtime.flows.flow import Flow")
        lines.append(_import("pipeline_code.runtime.schema", {*types, "Column", "Schema"}))
        return "\n".join([*lines, *(each.imported for each in transforms_of(self.inputs))])

    @property
    def _flow(self) -> str:
        transforms = [each.declared for each in transforms_of(self.inputs)]
        # The flow of several targets has the inputs only.
        schema, target = "SCHEMA", ["target=TARGET"]
        if self._has_several:
            schema, target = "DATASET.inputs", []
        if not transforms:
            return f"FLOW = Flow({', '.join([schema, '[]', *target])})"
        lines = [f"    {schema},", "    [", *transforms, "    ],", *(f"    {t}," for t in target)]
        return "\n".join(["FLOW = Flow(", *lines, ")"])

    @property
    def _has_several(self) -> bool:
        return bool(self.target.others)

    @property
    def _declared_target(self) -> str:
        if not self._has_several:
            return f"TARGET = {_quoted(self.target.column.name)}"
        return _tuple("TARGETS", map(_quoted, self.target.names))

    @property
    def _classes(self) -> str:
        if self.target.kind != "multiclass":
            return ""
        names = [f"    {_quoted(text)},\n" for text in sorted(self.target.column.counts)]
        return f"\nCLASSES = (\n{''.join(names)})"

    @property
    def _dataset_arguments(self) -> str:
        found = ["targets=TARGETS" if self._has_several else "TARGET"]
        if self.target.positive is not None:
            found.append(f"positive={_quoted(self.target.positive)}")
        if self.target.kind == "multiclass":
            found.append("classes=CLASSES")
        found.append("order=tuple(SCHEMA.names)")
        if any(column.type in ("date", "timestamp") for column in self.inputs):
            found.append("ahead_days=366")
        return ", ".join(found)

    def _type(self, column: Detected) -> str:
        if column is self.target.column and self.target.kind == "multiclass":
            return "choice(*CLASSES)"
        if column is self.target.column and column.type == "text":
            return f"choice({', '.join(_quoted(text) for text in sorted(column.counts))})"
        return SCHEMA_TYPES[column.type]

    def _declared(self, column: Detected) -> str:
        nullable = column.nullable and column.name not in self.target.names
        is_target = column is self.target.column and not self._has_several
        name = "TARGET" if is_target else f'"{column.name}"'
        return f"Column({name}, {self._type(column)}{', nullable=True' if nullable else ''})"

    def _sql(self, column: Detected) -> str:
        return f"{column.name} {_sql_type(column)}{'' if column.nullable else ' NOT NULL'}"

    def _described(self, column: Detected) -> str:
        target = "a target" if self._has_several else "the target"
        use = target if column.name in self.target.names else column.unusable or "input"
        missing = f", {column.missing:.1%} missing" if column.nullable else ""
        return f"{column.type}{missing} | {use}"

    @property
    def _request(self) -> dict[str, str | None]:
        """A generated row without a target."""
        (row,) = self.statistics.generate(0).slice(0, 1).to_pylist()
        return {column.name: row[column.name] for column in self.inputs}


_DATA = """\
Generated rows have the types, missing values and distributions of the file, but contain none of its
rows. Their target depends on the columns more clearly than that of the file may, so the figures of
a model of generated rows mean nothing. To load the real file, put it unchanged into a folder with
the name of the pipeline:

```
mkdir -p data/{name} && cp FILE.csv data/{name}/rows.csv
.venv/bin/python -m local_cloud load --data data
```"""


def _left_out(column: Detected) -> str:
    return f"{column.name} {column.unusable}"


def _import(module: str, names: Iterable[str]) -> str:
    """An import in the order of the linter: constants, classes, functions."""
    ordered = sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= LINE_LENGTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def _tuple(name: str, values: Iterable[str]) -> str:
    """The assignment of a tuple, in the form of the formatter."""
    given = list(values)
    line = f"{name} = ({', '.join(given)})"
    if len(line) <= LINE_LENGTH:
        return line
    return f"{name} = (\n" + "".join(f"    {value},\n" for value in given) + ")"


def _quoted(value: str | bool) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _sql_type(column: Detected) -> str:
    if column.type == "text":
        longest = max((len(text.encode()) for text in column.counts), default=1)
        return f"VARCHAR({min(max(2 * longest, 16), 65_535)})"
    if column.type == "integer":
        return "BIGINT"
    if column.type == "timestamp":
        return "TIMESTAMPTZ" if column.zoned else "TIMESTAMP"
    return {"boolean": "BOOLEAN", "decimal": "DOUBLE PRECISION", "date": "DATE"}[column.type]
