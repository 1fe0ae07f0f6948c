"""The metrics of a training by round, and the round that early stopping selects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# XGBoost's metrics for which a larger value is better: maximize_metrics of its EarlyStopping.
LARGER_IS_BETTER = ("auc", "aucpr", "pre", "map", "ndcg")


@dataclass
class Course:
    """Metric, such as validation-auc, -> its value after each round, from the first round."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, line: str) -> None:
        """Add a line of Booster.eval_set: `[0]\\ttrain-auc:0.9\\tvalidation-auc:0.8`."""
        for entry in line.split("\t")[1:]:
            name, _, value = entry.rpartition(":")
            self.values.setdefault(name, []).append(float(value))

    @property
    def rounds(self) -> int:
        """The number of rounds."""
        return len(self._deciding)

    @property
    def best(self) -> int:
        """The first round with the best value of the last metric."""
        name, found = list(self.values)[-1], self._deciding
        metric = name.partition("-")[2].partition("@")[0]
        return found.index(max(found) if metric in LARGER_IS_BETTER else min(found))

    def at(self, round: int) -> Mapping[str, float]:
        """Return the metrics after a round."""
        return {name: values[round] for name, values in self.values.items()}

    def has_ended(self, patience: int) -> bool:
        """Whether the last `patience` rounds were not better than the best round before them."""
        return self.rounds - 1 - self.best >= patience

    @property
    def _deciding(self) -> list[float]:
        return list(self.values.values())[-1] if self.values else []
