"""Checkpoints of a training, from which a job continues after its spot instances were interrupted.

SageMaker copies the folder to S3 while the job runs, and back when it restarts the job:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html. With several hosts, only
the first one writes, because the folders of all hosts are copied to one location.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.tree_course import Course

# Training continues from the newest one; the one before it remains while that one is copied.
KEPT = 2
_NAME = re.compile(r"round-(\d{6})\.ubj")
_ATTRIBUTE = "course"


@dataclass(frozen=True)
class Checkpoint:
    """The trees of the first rounds, and the metrics of these rounds."""

    trees: bytes
    course: Course


class Checkpoints:
    """The checkpoints in the folder of CheckpointConfig; none are written without it."""

    def __init__(self, container: Container, *, rounds: int) -> None:
        """`rounds` is the number of rounds between two checkpoints."""
        self._folder = container.checkpoints
        self._rounds = rounds
        self._writes = container.is_first_host

    @property
    def enabled(self) -> bool:
        """Whether the job has a folder for checkpoints."""
        return self._folder is not None

    def is_due(self, course: Course) -> bool:
        """Whether the training continues from a checkpoint of its last round."""
        return self.enabled and course.rounds % self._rounds == 0

    def save(self, booster: Any, course: Course) -> Checkpoint:
        """Write a checkpoint. A job that ends meanwhile leaves no incomplete file."""
        booster.set_attr(**{_ATTRIBUTE: json.dumps(asdict(course))})
        trees = bytes(booster.save_raw("ubj"))
        if self._writes and self._folder is not None:
            path = self._folder / f"round-{course.rounds:06}.ubj"
            part = path.with_name(f".{path.name}")
            part.write_bytes(trees)
            part.replace(path)
            for old in self._paths()[:-KEPT]:
                old.unlink()
        return Checkpoint(trees, course)

    def newest(self) -> Checkpoint | None:
        """Read the newest checkpoint that can be read, or return None."""
        for path in reversed(self._paths()):
            try:
                return _read(path)
            except ValueError as error:  # XGBoostError is a ValueError
                print(f"{path.name} cannot be read, so an earlier one is used: {error}")
        return None

    def _paths(self) -> list[Path]:
        if self._folder is None:
            return []
        return sorted(path for path in self._folder.iterdir() if _NAME.fullmatch(path.name))


def without_course(booster: Any) -> Any:
    """Remove what a checkpoint adds to a booster."""
    booster.set_attr(**{_ATTRIBUTE: None})
    return booster


def _read(path: Path) -> Checkpoint:
    import xgboost

    trees = path.read_bytes()
    text = xgboost.Booster(model_file=bytearray(trees)).attr(_ATTRIBUTE)
    if text is None:
        raise ValueError("it has no metrics")
    return Checkpoint(trees, Course(**json.loads(text)))
