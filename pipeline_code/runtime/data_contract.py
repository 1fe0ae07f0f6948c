"""The contract for the data of a pipeline, and the report on whether data meet it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from pipeline_code.runtime.data_profile import Profile
from pipeline_code.runtime.dataset import Dataset

# The first findings are in the message of the Fail step, all are in the report.
MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The limits for the rows of `dataset`; runtime/data_rules.py has the rules that use them.

    `key` are the columns that identify a row, as for `Preparation` (default: all). The limits of
    the first part are absolute. Those of the second part compare with the data of the approved
    version, so they are checked only if there is one.
    """

    dataset: Dataset
    key: tuple[str, ...] = ()

    least_rows: int = 1_000
    # Column -> its allowed values from … to; dates as "2008-12-31".
    ranges: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    # The mean of the target from … to; for a class, its share of the rows. Of several targets,
    # target -> its mean.
    target_mean: tuple[float, float] | Mapping[str, tuple[float, float]] | None = None
    # Column -> the share of rows that may have no value; all rows of other nullable columns.
    nulls: Mapping[str, float] = field(default_factory=dict)
    # Columns that may have one value only.
    constant: frozenset[str] = frozenset()
    # The share of rows whose key other rows have, too.
    repeated: float = 0.0
    # For each column of dates: days with rows, consecutive days without rows, days after the run.
    least_days: int = 2
    longest_gap_days: int = 14
    future_days: int = 0
    # The age of the newest date when the run starts. Without it the age is not checked.
    newest_days: int | None = None

    # The number of rows divided by that of the approved version.
    rows_ratio: tuple[float, float] = (0.8, 1.5)
    # The change of the share of rows without a value, for each column.
    nulls_shift: float = 0.1
    # The share of rows with an unknown text, or with a number outside the known range.
    unseen: float = 0.01
    # Column -> the distance of its distribution; other columns have `shift`.
    shifts: Mapping[str, float] = field(default_factory=dict)
    shift: float = 0.1
    # The change of the target's mean in standard deviations; for a class, divided by its share.
    target_shift: float = 0.25
    # The share of the target's variance that a column explains, compared with the share in the
    # approved version: at least this part of it, and at most this much more.
    least_signal: float = 0.5
    more_signal: float = 0.2


@dataclass(frozen=True)
class Data:
    """What rules check: the data of a run, and those of the approved version."""

    contract: Contract
    current: Profile
    approved: Profile | None
    today: date


@dataclass(frozen=True)
class Measured:
    """The value that a rule found, of a column or of the table (""), and whether it is allowed."""

    column: str
    value: Any
    limit: str
    allowed: bool


Rule = Callable[[Data], Iterator[Measured]]


def report_on(data: Data, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The document contract.json, with all values and limits, and the failed ones first.

    `digest` identifies the data and the limits: the same rows under the same contract, compared
    with the same approved version, have the same digest on every day.
    """
    found = [
        {"rule": name, **asdict(measured)}
        for name, rule in rules.items()
        for measured in rule(data)
    ]
    failed = [each for each in found if not each["allowed"]]
    approved = data.approved.digest if data.approved else None
    content = {"profile": data.current.digest, "approved_profile": approved, "rules": found}
    return {
        "failed": failed,
        "message": _message(failed),
        "digest": sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        **content,
    }


def _message(failed: list[dict[str, Any]]) -> str:
    texts = [
        f"{each['rule']}{f' of {column}' if (column := each['column']) else ''}: "
        f"{each['value']}, allowed is {each['limit']}"
        for each in failed
    ]
    more = len(texts) - MOST_SHOWN
    return "; ".join([*texts[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])])
