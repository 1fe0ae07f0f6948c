"""The texts of a pipeline that learns from a table of the warehouse, by placeholder."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline_code.sample_rows import Statistics
from pipeline_code.scaffold.column_statistics import ranks_of_target, statistics_of
from pipeline_code.scaffold.contract_limits import ContractLimits
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.errors import InvalidSource
from pipeline_code.scaffold.target import Target

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
    def of(
        cls, name: str, columns: Sequence[Detected], target: Target, form: Statistics
    ) -> "TablePipeline":
        """Describe the columns; raises InvalidSource if the model has no input."""
        columns = [target.column if each.name == target.column.name else each for each in columns]
        ranks = ranks_of_target(target)
        rows = min(max(len(target.column.texts), FEWEST_ROWS), MOST_ROWS)
        found = [statistics_of(column, ranks) for column in columns]
        statistics = replace(form, rows=rows, target=target.column.name, columns=found)
        made = cls(name, columns, target, statistics)
        if not made.inputs:
            others = "; ".join(map(_left_out, made.left_out)) or "the file has no other column"
            raise InvalidSource(f"the model would have no input: {others}")
        return made

    @property
    def inputs(self) -> list[Detected]:
        """The columns that the model uses."""
        others = [each for each in self.columns if each.name != self.target.column.name]
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
        limits = ContractLimits(self.target, self.inputs, self.statistics).arguments
        return {
            "name": self.name,
            "target": self.target.column.name,
            "table_columns": ",\n".join(f"  {self._sql(column)}" for column in self.columns),
            "selected": ",\n       ".join(column.name for column in self._read),
            "condition": self._condition,
            "imports": self._imports,
            "schema_columns": "\n".join(f"        {self._declared(c)}," for c in self._read),
            "dataset_arguments": self._dataset_arguments,
            "treatments": self._treatments,
            "contract_limits": "\n".join(f"    {each}," for each in limits),
            "column_table": "\n".join(
                f"| `{column.name}` | {self._described(column)} |" for column in self.columns
            ),
            "request": json.dumps(self._request),
            **_KINDS[self.target.kind],
        }

    @property
    def _read(self) -> list[Detected]:
        return [self.target.column, *self.inputs]

    @property
    def _condition(self) -> str:
        # Rows without a target teach nothing.
        column = self.target.column
        return f"\nWHERE {column.name} IS NOT NULL" if column.nullable else ""

    @property
    def _imports(self) -> str:
        treatments = self._used_treatments
        types = {self._type(column).partition("(")[0] for column in self._read}
        lines = ["from pipeline_code.runtime.dataset import Dataset"]
        lines.append("from pipeline_code.runtime.encoding import Encoding")
        if treatments:
            lines.append(_import("pipeline_code.runtime.missing_values", set(treatments.values())))
        lines.append(_import("pipeline_code.runtime.schema", {*types, "Column", "Schema"}))
        return "\n".join(lines)

    @property
    def _used_treatments(self) -> dict[str, str]:
        return {
            column.name: "OWN_CATEGORY" if column.type == "text" else "KEEP"
            for column in self.inputs
            if column.nullable
        }

    @property
    def _treatments(self) -> str:
        if not self._used_treatments:
            return "ENCODING = Encoding(DATASET)"
        lines = [f'        "{name}": {each},' for name, each in self._used_treatments.items()]
        return "\n".join(["ENCODING = Encoding(", "    DATASET,", "    missing={", *lines]) + (
            "\n    },\n)"
        )

    @property
    def _dataset_arguments(self) -> str:
        found = []
        if self.target.positive is not None:
            found.append(f"positive={_quoted(self.target.positive)}")
        found.append("order=tuple(SCHEMA.names)")
        if any(column.type in ("date", "timestamp") for column in self.inputs):
            found.append("ahead_days=366")
        return ", ".join(found)

    def _type(self, column: Detected) -> str:
        if column is self.target.column and column.type == "text":
            return f"choice({', '.join(_quoted(text) for text in sorted(column.counts))})"
        return SCHEMA_TYPES[column.type]

    def _declared(self, column: Detected) -> str:
        nullable = column.nullable and column is not self.target.column
        name = "TARGET" if column is self.target.column else f'"{column.name}"'
        return f"Column({name}, {self._type(column)}{', nullable=True' if nullable else ''})"

    def _sql(self, column: Detected) -> str:
        return f"{column.name} {_sql_type(column)}{'' if column.nullable else ' NOT NULL'}"

    def _described(self, column: Detected) -> str:
        use = "the target" if column is self.target.column else column.unusable or "input"
        missing = f", {column.missing:.1%} missing" if column.nullable else ""
        return f"{column.type}{missing} | {use}"

    @property
    def _request(self) -> dict[str, str | None]:
        """A generated row without a target."""
        (row,) = self.statistics.generate(0).slice(0, 1).to_pylist()
        return {column.name: row[column.name] for column in self.inputs}


_KINDS = {
    "regression": {
        "champion": "rmse",
        "estimator": "HistGradientBoostingRegressor",
        "metric": "regression_metrics.rmse_ratio.value",
        "parameter": "MaxErrorRatio",
        "limit": "0.9",
        "operator": "<=",
        "bound": "at most",
        "measure": "error divided by the error of predicting the mean",
        "member": "TARGET",
        "hosted_names": "DATASET, TARGET",
    },
    "binary": {
        "champion": "auc",
        "estimator": "HistGradientBoostingClassifier",
        "metric": "binary_classification_metrics.auc.value",
        "parameter": "MinAuc",
        "limit": "0.6",
        "operator": ">=",
        "bound": "at least",
        "measure": "AUC",
        "member": '"probability"',
        "hosted_names": "DATASET",
    },
}


def _left_out(column: Detected) -> str:
    return f"{column.name} {column.unusable}"


def _import(module: str, names: Iterable[str]) -> str:
    """An import in the order of the linter: constants, classes, functions."""
    ordered = sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= LINE_LENGTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


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
