"""Finds changed shares of values and unseen values in the statistics.json of Model Monitor.

Two measures complement Model Monitor's distance, which is blind to changes of a tenth of the rows:

- `unseen_share`: the share of rows with a category, or outside the range, of the baseline
- `changed_share`: the largest change of the share of a category or of a range between deciles

A measure above its limit is a finding only if the change is significant as well. The evidence
against "both sets of rows have the same share" is the log-likelihood ratio of two binomial
distributions. Chance exceeds the evidence ln(2 s / r) in one of s comparisons with a probability of
about r at most (Chernoff's bound for one comparison, Bonferroni's inequality for all). So r is the
rate of false alarms of a check, whatever the number of columns, categories and rows.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline_code.runtime.monitor_statistics import Document, Numbers
from pipeline_code.runtime.share_sets import Rows, ShareSets, share_sets

UNSEEN, CHANGED = "unseen_share", "changed_share"


@dataclass(frozen=True)
class Limits:
    """Shares of rows, from 0 to 1, and the rate of false alarms of a check."""

    unseen_share: float = 0.01
    changed_share: float = 0.04
    false_alarm_rate: float = 0.01


@dataclass(frozen=True)
class Finding:
    """A measure of a column with a value above its limit; `where` describes the values."""

    column: str
    measure: str
    value: float
    limit: float
    where: str

    def __str__(self) -> str:
        return f"{self.column}: {self.measure} {self.value:.4g} > {self.limit:g} ({self.where})"


@dataclass(frozen=True)
class Comparison:
    """Column -> value of each measure, and the findings in the order of the columns."""

    unseen_share: dict[str, float]
    changed_share: dict[str, float]
    findings: list[Finding]


class Baseline:
    """The statistics that rows are compared with."""

    def __init__(self, statistics: Document) -> None:
        known = {feature["name"]: feature for feature in statistics["features"]}
        sets = {name: share_sets(feature) for name, feature in known.items()}
        self._columns = {
            name: _Column(name, found, found.rows(known[name]))
            for name, found in sets.items()
            if found is not None
        }
        self._comparisons = sum(len(column.baseline) for column in self._columns.values())

    def compare(self, current: Document, limits: Limits) -> Comparison:
        """Measure the columns that both statistics have, as numbers or as categories."""
        needed = math.log(2 * self._comparisons / limits.false_alarm_rate) if self._columns else 0
        unseen: dict[str, float] = {}
        changed: dict[str, float] = {}
        findings: list[Finding] = []
        for feature in current["features"]:
            name = feature["name"]
            column = self._columns.get(name)
            if column is None or not column.sets.has(feature):
                continue
            change = column.change(feature)
            unseen[name], changed[name] = change.unseen_share, change.changed_share
            findings += change.findings(limits, needed)
        return Comparison(unseen, changed, findings)


@dataclass(frozen=True)
class _Column:
    name: str
    sets: ShareSets
    baseline: Rows

    def change(self, feature: Document) -> "_Change":
        current = self.sets.rows(feature)
        return _Change(self, feature, current.shares, _evidence(self.baseline, current))


@dataclass(frozen=True)
class _Change:
    """The shares of the sets of a column, and the evidence that each has changed."""

    column: _Column
    feature: Document
    shares: Numbers
    evidence: Numbers

    @cached_property
    def changes(self) -> Numbers:
        """The change of the share of each set, but the last, which contains unseen values."""
        changes: Numbers = np.abs(self.shares - self.column.baseline.shares)[:-1]
        return changes

    @property
    def unseen_share(self) -> float:
        return float(self.shares[-1])

    @property
    def changed_share(self) -> float:
        return float(self.changes.max())

    def findings(self, limits: Limits, needed: float) -> Iterator[Finding]:
        """The findings with at least the `needed` evidence: at most one for each measure."""
        name, limit = self.column.name, limits.unseen_share
        if self.unseen_share > limit and self.evidence[-1] > needed:
            where = self.column.sets.unseen(self.feature)
            yield Finding(name, UNSEEN, self.unseen_share, limit, where)
        limit = limits.changed_share
        found = np.flatnonzero((self.changes > limit) & (self.evidence[:-1] > needed))
        if len(found):
            clearest = int(found[self.evidence[found].argmax()])
            value = float(self.changes[clearest])
            yield Finding(name, CHANGED, value, limit, self._described(clearest))

    def _described(self, index: int) -> str:
        before, now = self.column.baseline.shares[index], self.shares[index]
        return f"share of {self.column.sets.names[index]}: {before:.2%} before, {now:.2%} now"


def _evidence(first: Rows, second: Rows) -> Numbers:
    """The log-likelihood ratio of different shares and of equal shares, for each set."""
    n, m = first.total, second.total
    pooled = (n * first.shares + m * second.shares) / (n + m)
    return n * _divergence(first.shares, pooled) + m * _divergence(second.shares, pooled)


def _divergence(shares: Numbers, pooled: Numbers) -> Numbers:
    """The Kullback-Leibler divergence of two binomial distributions; 0 ln 0 is 0."""
    return _term(shares, pooled) + _term(1 - shares, 1 - pooled)


def _term(shares: Numbers, pooled: Numbers) -> Numbers:
    positive = shares > 0
    ratio = np.divide(shares, pooled, out=np.ones_like(shares), where=positive)
    terms: Numbers = shares * np.log(ratio)
    return terms
