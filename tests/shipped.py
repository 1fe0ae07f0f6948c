"""The included pipelines. A user may have removed some of them."""

from __future__ import annotations

from pathlib import Path

from pipeline_code.pipelines import FOLDER
from stacks.environments import ENVIRONMENTS


def on_the_laptop(*names: str) -> list[str]:
    """Return the names of pipelines that the environment `local` has."""
    declared = {each.name for each in ENVIRONMENTS["local"].pipelines if each.enabled}
    return [name for name in names if name in declared]


def is_removed(path: Path) -> bool:
    """Whether `path` is in the folder of a pipeline that does not exist any more."""
    folders = (each for each in (path, *path.parents) if each.parent == FOLDER)
    return any(not folder.exists() for folder in folders)
