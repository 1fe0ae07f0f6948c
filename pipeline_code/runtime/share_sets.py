"""The sets of values of a column whose shares are compared. Only the baseline defines them.

A numeric column has the ranges below, at and between the deciles of the baseline; a text column has
its categories. The last set contains the values that the baseline does not have.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from pipeline_code.runtime.monitor_statistics import Document, Numbers, counts, levels, weighted

DECILES = np.arange(1, 10) / 10
# A description contains at most this number of unseen categories.
MOST_NAMES = 3


@dataclass(frozen=True)
class Rows:
    """The share of the rows in each set, and the number of all rows that have a value."""

    shares: Numbers
    total: float

    def __len__(self) -> int:
        return len(self.shares)


class ShareSets(Protocol):
    """The sets of one column. The last one contains the unseen values."""

    @property
    def names(self) -> list[str]:
        """The names of all sets but the last."""

    def has(self, feature: Document) -> bool:
        """Whether the distribution of a column is known and can be compared."""

    def rows(self, feature: Document) -> Rows:
        """The rows of a column in each set."""

    def unseen(self, feature: Document) -> str:
        """Describe the unseen values of a column."""


def share_sets(baseline: Document) -> ShareSets | None:
    """The sets of a column of the baseline; None if its distribution is unknown."""
    if categories := counts(baseline):
        return CategorySets(list(categories))
    return RangeSets.of(baseline) if any(levels(baseline)) else None


@dataclass(frozen=True)
class CategorySets:
    """One set for each category."""

    categories: list[str]

    @property
    def names(self) -> list[str]:
        return [repr(category) for category in self.categories]

    def has(self, feature: Document) -> bool:
        return bool(counts(feature))

    def rows(self, feature: Document) -> Rows:
        found = counts(feature)
        known = [found.get(category, 0.0) for category in self.categories]
        total = sum(found.values())
        return Rows(np.array([*known, total - sum(known)]) / total, total)

    def unseen(self, feature: Document) -> str:
        names = sorted(counts(feature).keys() - self.categories)
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        return f"{', '.join(map(repr, names[:MOST_NAMES]))}{more}: not in the baseline"


@dataclass(frozen=True)
class RangeSets:
    """Ranges of numbers with the ends `points`, from `least` to `most`."""

    least: float
    most: float
    points: Numbers

    @classmethod
    def of(cls, baseline: Document) -> "RangeSets":
        values, below = weighted(levels(baseline))
        points = np.unique(values[np.searchsorted(below[1:], DECILES * below[-1])])
        # The ends are exact. The sketch of many rows may lack them.
        exact = baseline["numerical_statistics"]
        return cls(float(exact["min"]), float(exact["max"]), points)

    @property
    def names(self) -> list[str]:
        ends = [f"{point:g}" for point in self.points]
        ranges = [f"{low} to {high}, exclusive" for low, high in pairwise(ends)]
        return [
            *(f"{sign} {end}" for end in ends for sign in ("<", "<=")),
            *(f"= {end}" for end in ends),
            *ranges,
        ]

    def has(self, feature: Document) -> bool:
        return any(levels(feature))

    def rows(self, feature: Document) -> Rows:
        values, below = weighted(levels(feature))
        share = below / below[-1]
        less = share[np.searchsorted(values, self.points, side="left")]
        up_to = share[np.searchsorted(values, self.points, side="right")]
        lower = below[np.searchsorted(values, self.least, side="left")]
        higher = below[-1] - below[np.searchsorted(values, self.most, side="right")]
        cumulative = np.column_stack([less, up_to]).ravel()
        sets = [*cumulative, *(up_to - less), *(less[1:] - up_to[:-1])]
        unseen = (lower + higher) / below[-1]
        # A difference of equal shares can be slightly negative.
        return Rows(np.clip([*sets, unseen], 0.0, 1.0), float(below[-1]))

    def unseen(self, feature: Document) -> str:
        return f"outside {self.least:g} to {self.most:g}"
