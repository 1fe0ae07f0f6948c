"""Rows of three pipelines, and their statistics as Model Monitor writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from local_cloud.sagemaker.containers.model_monitor_analyzer.distance import sketch_levels
from pipeline_code.bank.sample_data.generate import generate as calls
from pipeline_code.census.features import TARGET as INCOME
from pipeline_code.census.sample_data.people import people
from pipeline_code.runtime.drift_measures import Limits
from pipeline_code.tickit.sample_data.generate import generate as tickets

Values = npt.NDArray[Any]
Rows = dict[str, Values]
PEOPLE = 32_561
# The names of users take a second to generate, and no feature needs them.
USERS = pa.table({"userid": np.arange(1, 49_991)})


@dataclass(frozen=True)
class Population:
    """The inputs of a pipeline's models.

    Numbers are floats, texts are indexes of `texts[column]`, whose last value is in no row.
    `categories` and `quantities` are the columns that a replacement changes. `rare` selects the
    rows of a rare period or segment. `limits` are those of the monitoring pipeline.
    """

    name: str
    rows: Rows
    texts: dict[str, list[str]]
    categories: list[str]
    quantities: list[str]
    rare: npt.NDArray[np.bool_]
    limits: Limits

    @property
    def size(self) -> int:
        return len(self.rare)

    def sample(self, count: int, rng: np.random.Generator) -> Rows:
        """Draw rows, with replacement."""
        return self.at(rng.integers(self.size, size=count))

    def at(self, indexes: npt.NDArray[np.int64]) -> Rows:
        """The rows with these indexes."""
        return {name: values[indexes] for name, values in self.rows.items()}

    def statistics(self, rows: Rows) -> dict[str, Any]:
        """statistics.json, reduced to the members that a comparison reads."""
        return {"features": [self._feature(name, values) for name, values in rows.items()]}

    def _feature(self, name: str, values: Values) -> dict[str, Any]:
        if name in self.texts:
            found = np.bincount(values, minlength=len(self.texts[name]))
            buckets = [
                {"value": text, "count": int(count)}
                for text, count in zip(self.texts[name], found, strict=True)
                if count
            ]
            categorical = {"distribution": {"categorical": {"buckets": buckets}}}
            return {"name": name, "string_statistics": categorical}
        kll: dict[str, Any] = {"kll": {"sketch": {"data": sketch_levels(values)}}}
        figures = {"min": values.min(), "max": values.max(), "distribution": kll}
        return {"name": name, "numerical_statistics": figures}


def population_of(pipeline: str) -> Population:
    """The generated rows of a pipeline: tickit, bank or census."""
    return {"tickit": _tickit, "bank": _bank, "census": _census}[pipeline]()


def _tickit() -> Population:
    """Venue, category, holiday and number of events of each day; the rare period is holidays."""
    tables = tickets({"users": USERS}, seed=0)
    counted = tables["event"].group_by(["venueid", "catid", "dateid"])
    groups = counted.aggregate([([], "count_all")]).join(tables["date"], "dateid")
    columns = {
        "venueid": groups["venueid"],
        "catid": groups["catid"],
        "holiday": groups["holiday"].cast(pa.string()),
        "events": groups["count_all"],
    }
    return _population(
        "tickit",
        {name: values.to_numpy() for name, values in columns.items()},
        categories=["venueid", "catid"],
        limits=Limits(changed_share=0.05),  # the default of tickit-monitor
        rare=lambda rows: rows["holiday"] == "TRUE",
    )


def _bank() -> Population:
    """The calls; the rare period is the one with the lowest employment."""
    rows = {name: values for name, values in calls(seed=0).items() if name not in {"y", "duration"}}
    return _population("bank", rows, rare=lambda rows: rows["emp.var.rate"] < -3)


def _census() -> Population:
    """The people; the rare segment is people above 65."""
    table = people(PEOPLE, seed=0).drop_columns([INCOME])
    rows = {name: table[name].to_numpy() for name in table.column_names}
    return _population("census", rows, rare=lambda rows: rows["age"] > 65)


def _population(
    name: str,
    rows: Rows,
    *,
    rare: Callable[[Rows], npt.NDArray[np.bool_]],
    categories: list[str] | None = None,
    limits: Limits | None = None,
) -> Population:
    coded: Rows = {}
    texts: dict[str, list[str]] = {}
    for column, values in rows.items():
        if values.dtype.kind in "OU":
            known, coded[column] = np.unique(values.astype(str), return_inverse=True)
            texts[column] = [*known.tolist(), "never seen"]
        else:
            coded[column] = values.astype(np.float64)
    chosen = categories or list(texts)
    quantities = [column for column in coded if column not in {*chosen, *texts}]
    return Population(name, coded, texts, chosen, quantities, rare(rows), limits or Limits())
