"""Statistics of the columns of a file, from which rows are generated; no row is in them.

A text is in the statistics only if several rows have it. Numbers and times are rounded to a
twentieth of their range or less.
"""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.schema import TRUE_VALUES
from pipeline_code.sample_rows import EPOCH, Column
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.target import Target

# So many rows must have a text.
LEAST_OF_TEXT = 5
QUANTILES = 21
LEAST_STEPS = 20
Numbers = npt.NDArray[np.float64]


def statistics_of(column: Detected, target_rank: Numbers) -> Column:
    """The statistics of a column; `target_rank` is the standardised rank of each row's target."""
    plain = Column(
        header=column.header,
        name=column.name,
        type=column.type,
        missing=float(f"{column.missing:.2g}"),
        form=column.form,
        zoned=column.zoned,
    )
    if column.type in ("text", "boolean"):
        return _of_texts(plain, column, target_rank)
    if column.unusable:
        return plain
    values = numbers_of(plain, column)
    known = ~np.isnan(values)
    digits = max((len(text.partition(".")[2]) for text in column.counts), default=0)
    digits = min(digits, 6) if column.type == "decimal" else 0
    quantiles = np.quantile(values[known], np.linspace(0, 1, QUANTILES))
    step = _step(quantiles)
    if column.type == "decimal":
        digits = max(digits, -round(np.log10(step)))
    effect = _correlation(_standard_rank(values[known]), target_rank[known])
    rounded = _rounded(quantiles, max(step, 1.0) if digits == 0 else step)
    return Column(**{**vars(plain), "digits": digits, "quantiles": rounded, "effect": effect})


def ranks_of_target(target: Target) -> Numbers:
    """The standardised rank of the target of each row; 0 without a target."""
    column = target.column
    if column.is_number:
        values = {text: float(text) for text in column.counts}
    elif target.positive is True:
        values = {text: float(text.strip() in TRUE_VALUES) for text in column.counts}
    elif target.kind == "multiclass":
        # Generated rows have the classes in this order, too.
        values = {text: float(place) for place, text in enumerate(sorted(column.counts))}
    else:
        values = {text: float(text == target.positive) for text in column.counts}
    numbers = np.array([values.get(text, np.nan) for text in column.texts.to_pylist()])
    ranks = np.zeros(len(numbers))
    known = ~np.isnan(numbers)
    ranks[known] = _standard_rank(numbers[known])
    return ranks


def numbers_of(plain: Column, column: Detected) -> Numbers:
    """The numbers of a column, or the days since 1970 of its dates and times; NaN if missing."""
    encoded = column.texts.combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    if column.is_number:
        values = np.array([float(text) for text in texts])
    else:
        moments = [plain.in_table(text) for text in texts]
        values = np.array([_days(str(moment)) for moment in moments])
    indices = encoded.indices.fill_null(-1).to_numpy()
    return np.asarray(np.append(values, np.nan)[indices])


def _of_texts(plain: Column, column: Detected, target_rank: Numbers) -> Column:
    rows = sum(column.counts.values())
    shares: dict[str, float] = {}
    effects: dict[str, float] = {}
    texts = np.array(column.texts.to_pylist(), dtype=object)
    if len(column.counts) > 1 and column.unusable:
        return plain
    for text, count in sorted(column.counts.items()):
        if count >= LEAST_OF_TEXT:
            name = str(plain.in_table(text))
            shares[name] = shares.get(name, 0.0) + float(f"{count / rows:.2g}")
            effects[name] = float(f"{target_rank[texts == text].mean():.2g}")
    return Column(**{**vars(plain), "values": shares, "effects": effects})


def _days(text: str) -> float:
    moment = datetime.fromisoformat(text)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (zoned - EPOCH).total_seconds() / 86_400


def _step(quantiles: Numbers) -> float:
    """The power of ten to which the quantiles are rounded."""
    return float(10.0 ** np.floor(np.log10((quantiles[-1] - quantiles[0]) / LEAST_STEPS)))


def _rounded(quantiles: Numbers, step: float) -> list[float]:
    steps = np.round(quantiles / step)
    # All values of the file are between the ends.
    steps[0], steps[-1] = np.floor(quantiles[0] / step), np.ceil(quantiles[-1] / step)
    digits = max(0, -round(np.log10(step)))
    return [round(float(each * step), digits) for each in steps]


def _standard_rank(values: Numbers) -> Numbers:
    """The rank of each value, with mean 0 and standard deviation 1; equal values share one."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2)[places]
    spread = ranks.std()
    return np.asarray((ranks - ranks.mean()) / (spread or 1.0))


def _correlation(one: Numbers, other: Numbers) -> float:
    return float(f"{np.mean(one * (other - other.mean())):.2g}")
