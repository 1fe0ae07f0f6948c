"""A model of time, memory and price by the number of rows, fitted to the committed measurements.

The seconds are proportional to the rows. The memory of training is a constant, and a part that is
proportional to the rows, fitted so that the relative errors are small. That of the other stages is
bounded by a batch or a request.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from prices.price_table import PriceTable

FILE = Path(__file__).with_name("scale_measurements.json")
PREPARATION, TRAINING, PREDICTION = "preparation", "training", "prediction"
PLAIN = "plain preparation"
STAGES = (PREPARATION, TRAINING, PREDICTION)
# The memory of these grows only until batches and requests are full.
BOUNDED = (PREPARATION, PREDICTION)
SIZES = tuple(10**power for power in range(6, 12))

# The instance of the table. Source of vCPUs and GiB: https://aws.amazon.com/ec2/instance-types/m5/
INSTANCE, VCPUS, MEBIBYTES = "ml.m5.large", 2, 8 * 1024
# The usage in the name of a price. The price of transform jobs is not in the table.
USAGES = {PREPARATION: "processing", TRAINING: "training", PREDICTION: "processing"}
# Assumptions, which docs/scale.md names.
START_MINUTES = 4
USABLE_MEMORY = 0.75
MOST_MINUTES = 60
# Preparation and the hosted model use one vCPU. Two vCPUs are the threads of one core.
VCPUS_USED = {PREPARATION: 1.0, TRAINING: VCPUS * 0.6, PREDICTION: 1.0}


@dataclass(frozen=True)
class Measurement:
    """The CPU seconds of one thread, and the memory above the imports, for a number of rows."""

    stage: str
    rows: int
    cpu_seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Measurements:
    """The measurements of the file, by stage and rows."""

    all: tuple[Measurement, ...]

    @classmethod
    def read(cls) -> Measurements:
        """Read the file; without it there are no measurements."""
        if not FILE.is_file():
            return cls(())
        return cls(tuple(Measurement(**each) for each in json.loads(FILE.read_text("utf-8"))))

    def write(self) -> None:
        """Write the file."""
        lines = ",\n".join(json.dumps(asdict(each)) for each in self.all)
        FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    def with_one(self, one: Measurement) -> Measurements:
        """Add a measurement, or replace that of the same stage and rows."""
        others = {(each.stage, each.rows): each for each in (*self.all, one)}
        return Measurements(tuple(others[key] for key in sorted(others)))

    def of(self, stage: str) -> tuple[Measurement, ...]:
        """The measurements of a stage, by rows."""
        return tuple(each for each in self.all if each.stage == stage)


@dataclass(frozen=True)
class StageModel:
    """CPU seconds for each row, and MiB = `constant` + `slope` · rows."""

    seconds_per_row: float
    constant: float
    slope: float

    def mebibytes(self, rows: float) -> float:
        """The memory for a number of rows."""
        return self.constant + self.slope * rows


@dataclass(frozen=True)
class Need:
    """What a stage needs for a number of rows on the instances of the table."""

    instances: int
    minutes: float
    usd: float
    is_measured: bool


def fitted(measurements: tuple[Measurement, ...]) -> StageModel:
    """Fit the model of a stage."""
    rows, seconds, memory = (
        np.array([getattr(each, name) for each in measurements], dtype=float)
        for name in ("rows", "cpu_seconds", "mebibytes")
    )
    # The largest number of rows has the smallest share of fixed costs.
    per_row = float(seconds[-1] / rows[-1])
    if measurements[0].stage in BOUNDED:
        return StageModel(per_row, float(memory.max()), 0.0)
    columns = np.column_stack([1 / memory, rows / memory])
    constant, slope = np.linalg.lstsq(columns, np.ones(len(rows)), rcond=None)[0]
    return StageModel(per_row, float(constant), float(slope))


def need(stage: str, rows: int, measurements: Measurements, hourly_usd: float) -> Need:
    """The fewest instances whose memory is sufficient and whose time is at most an hour."""
    model = fitted(measurements.of(stage))
    seconds = rows * model.seconds_per_row / VCPUS_USED[stage]
    for_time = math.ceil(seconds / 60 / MOST_MINUTES)
    free = MEBIBYTES * USABLE_MEMORY - model.constant
    instances = max(1, for_time, math.ceil(model.slope * rows / free))
    minutes = START_MINUTES + seconds / 60 / instances
    return Need(
        instances,
        minutes,
        instances * minutes / 60 * hourly_usd,
        any(each.rows == rows for each in measurements.of(stage)),
    )


def table() -> str:
    """Return the page's table in Markdown: instances, minutes and dollars by rows and stage."""
    prices = PriceTable.read().prices
    hourly = {stage: prices[f"{USAGES[stage]} {INSTANCE}"].usd for stage in STAGES}
    measurements = Measurements.read()
    lines = [f"| rows | {' | '.join(STAGES)} |", "|---" * (len(STAGES) + 1) + "|"]
    for rows in SIZES:
        cells = [_cell(need(stage, rows, measurements, hourly[stage])) for stage in STAGES]
        lines.append(f"| 10^{round(math.log10(rows))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: Need) -> str:
    text = f"{found.instances:,} × {found.minutes:,.0f} min, ${found.usd:,.2f}"
    return text if found.is_measured else f"*{text}*"


def measured_table() -> str:
    """Return the measurements in Markdown."""
    lines = ["| stage | rows | CPU seconds | rows per CPU second | MiB above imports |"]
    lines.append("|---|---|---|---|---|")
    lines += _measured_lines(Measurements.read())
    return "\n".join(lines)


def _measured_lines(measurements: Measurements) -> Iterator[str]:
    for each in (one for stage in (*STAGES, PLAIN) for one in measurements.of(stage)):
        yield (
            f"| {each.stage} | {each.rows:,} | {each.cpu_seconds:,.1f} | "
            f"{each.rows / each.cpu_seconds:,.0f} | {each.mebibytes:,.0f} |"
        )
