"""The metrics of each kind of prediction in evaluation.json, for jobs and the compiler.

The compiler imports this module, so it imports no package.
"""

from dataclasses import dataclass

# The suffix of the metrics of the best constant prediction of a classifier.
CONSTANT = "_best_constant_classifier"
ERRORS = ("mae", "mse", "rmse", "r2")
# The largest ratio of rmse / rmse_baseline of several targets.
WORST = "rmse_ratio_of_worst_target"
# The member of evaluation.json with the metrics of each of several targets.
BY_TARGET = "regression_metrics_by_target"


@dataclass(frozen=True)
class MetricNames:
    """The `names` of the metrics in the `member` of evaluation.json.

    `argument` is the argument of `Dataset` that only this kind of prediction has.
    """

    argument: str
    member: str
    names: tuple[str, ...]


def _with(names: tuple[str, ...], suffix: str) -> tuple[str, ...]:
    """The names, and those of a simple prediction."""
    return (*names, *(f"{name}{suffix}" for name in names))


REGRESSION = MetricNames(
    "target", "regression_metrics", (*_with(ERRORS, "_baseline"), "rmse_ratio")
)
BINARY = MetricNames(
    "positive",
    "binary_classification_metrics",
    _with(("accuracy", "precision", "recall", "f1", "auc", "log_loss"), CONSTANT),
)
MULTICLASS = MetricNames(
    "classes",
    "multiclass_classification_metrics",
    (
        *_with(
            (
                *("accuracy", "macro_f1", "weighted_precision", "weighted_recall", "weighted_f1"),
                "log_loss",
            ),
            CONSTANT,
        ),
        "error_ratio",
    ),
)
MULTIOUTPUT = MetricNames(
    "targets",
    "multioutput_regression_metrics",
    (
        *_with((*ERRORS, "relative_mae", "relative_rmse"), "_baseline"),
        *("rmse_ratio", WORST),
    ),
)
KINDS = (REGRESSION, BINARY, MULTICLASS, MULTIOUTPUT)
