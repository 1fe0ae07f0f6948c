"""Trains XGBoost's trees on the rows of all hosts of a job, with early stopping and checkpoints."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline_code.runtime.binned_rows import BINS, ChannelRows, binned, read_channel
from pipeline_code.runtime.checkpoints import Checkpoint, Checkpoints, without_course
from pipeline_code.runtime.classification import require_both
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.training_group import of_first_host, total, training_group
from pipeline_code.runtime.tree_course import Course

SIDES = ("train", "validation")
# Rounds between two lines of metrics in the log, and between two checkpoints.
LOGGED_ROUNDS = 50
CHECKPOINT_ROUNDS = 20


@dataclass(frozen=True)
class Fitted:
    """The trees up to the best round.

    `metrics` are those of the best round, such as validation-auc, and `rows` the number of rows of
    each side. They are the same on all hosts.
    """

    booster: Any
    metrics: Mapping[str, float]
    rows: Mapping[str, int]


def fit_trees(
    container: Container,
    parameters: Mapping[str, Any],
    *,
    features: int,
    names: Sequence[str] | None = None,
    rounds: int,
    patience: int,
    ordered: bool = False,
    positive: str | None = None,
) -> Fitted:
    """Fit on the channel `train` of every host, with early stopping on `validation`.

    The memory is that of the bins: about 5 bytes for each value, and 7 if values are missing. The
    volume of the job needs 4 bytes for each value, and twice as much while rows are sorted.
    `parameters` are those of the tree method `hist`.

    Training stops `patience` rounds after the best value of the last metric. With `ordered`, the
    rows of a host are sorted, so that their files do not change the model. Raises DataError if a
    side has no rows on any host or, with `positive` (what a label of 1 says about a row), only
    labels of one kind; HostError if another host is lost.
    """
    with tempfile.TemporaryDirectory(dir=container.opt_ml) as folder:
        channels = {
            side: read_channel(
                container.channel(side), Path(folder) / side, features=features, ordered=ordered
            )
            for side in SIDES
        }
        with training_group(container):
            counts = _checked_counts(channels, positive)
            matrices = _matrices(channels, names, bins=parameters.get("max_bin", BINS))
            booster, course = _boosted(
                container, dict(parameters), matrices, rounds=rounds, patience=patience
            )
    return Fitted(without_course(booster)[: course.best + 1], course.at(course.best), counts)


def _matrices(
    channels: Mapping[str, ChannelRows], names: Sequence[str] | None, *, bins: int
) -> dict[str, Any]:
    """The matrix of each side; the bins are those of the training rows."""
    train, validation = SIDES
    matrix = binned(channels[train].spool, names, bins=bins)
    like = binned(channels[validation].spool, names, bins=bins, like=matrix)
    return {train: matrix, validation: like}


def _boosted(
    container: Container,
    parameters: dict[str, Any],
    matrices: Mapping[str, Any],
    *,
    rounds: int,
    patience: int,
) -> tuple[Any, Course]:
    """Add trees until the last round. All hosts do the same."""
    checkpoints = Checkpoints(container, rounds=CHECKPOINT_ROUNDS)
    if checkpoints.enabled:
        # Otherwise the random numbers of a round depend on the rounds before it.
        parameters["seed_per_iteration"] = True
    start = of_first_host(checkpoints.newest())
    booster, course = _continued(parameters, matrices, start), start.course if start else Course()
    if start:
        print(f"continues after round {course.rounds} of a checkpoint")
    sides = [(matrix, side) for side, matrix in matrices.items()]
    while course.rounds < rounds and not (course.rounds and course.has_ended(patience)):
        number = course.rounds
        booster.update(matrices["train"], number)
        line = booster.eval_set(sides, number)
        course.add(line)
        if container.is_first_host and number % LOGGED_ROUNDS == 0:
            print(line, flush=True)
        if checkpoints.is_due(course):
            # Whether the job was interrupted or not, the next rounds begin from the checkpoint.
            booster = _continued(parameters, matrices, checkpoints.save(booster, course))
    return booster, course


def _continued(
    parameters: Mapping[str, Any], matrices: Mapping[str, Any], start: Checkpoint | None
) -> Any:
    import xgboost

    trees = bytearray(start.trees) if start else None
    return xgboost.Booster(dict(parameters), list(matrices.values()), model_file=trees)


def _checked_counts(channels: Mapping[str, ChannelRows], positive: str | None) -> dict[str, int]:
    """Return the number of rows of each side on all hosts. Raises DataError on every host."""
    found = [number for each in channels.values() for number in (each.spool.rows, each.label_sum)]
    sums = list(map(int, total(found)))
    counts = dict(zip(channels, sums[::2], strict=True))
    for (side, rows), positives in zip(counts.items(), sums[1::2], strict=True):
        if not rows:
            raise DataError(
                f"{side}: no rows in the files of the channel: check the data and what preprocess "
                "counted"
            )
        if positive is not None:
            require_both(positives, rows, what=side, positive=positive)
    if not channels["train"].spool.rows:
        print("no rows on this host: start preprocess on at least as many instances as training")
    return counts
