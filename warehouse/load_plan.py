"""Plans a load: the source of each file, and the files in the data folder that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline_code.sample_files import find
from warehouse import LoadError
from warehouse.data_sets import DataSet


@dataclass(frozen=True)
class PlannedFile:
    """A file that a data set reads: `name` as published, and the real file if there is one."""

    data_set: str
    name: str
    real: Path | None

    @property
    def place(self) -> str:
        """The path of the real or missing file below the data folder."""
        return f"{self.data_set}/{self.real.name if self.real else self.name}"


@dataclass(frozen=True)
class LoadPlan:
    """The files that data sets read, and the other files of the data folder, relative to it."""

    files: tuple[PlannedFile, ...]
    ignored: tuple[str, ...]


def plan_load(data_sets: Sequence[DataSet], data: Path | None) -> LoadPlan:
    """Find the real file of each file. `data` has one folder per data set.

    Raises:
        LoadError: `data` is not a folder, or has no folder for any of the data sets.
    """
    if data is not None:
        _check_folder(data_sets, data)
    files = tuple(
        PlannedFile(each.name, name, find(data / each.name, name) if data else None)
        for each in data_sets
        for name in each.files()
    )
    return LoadPlan(files, tuple(_ignored(files, data)) if data else ())


def check_sources(plan: LoadPlan, environment: str, data: Path | None) -> None:
    """Check a plan for an environment that does not allow generated data.

    Raises:
        LoadError: a file is missing; the message lists all missing files.
    """
    missing = [file.place for file in plan.files if file.real is None]
    if not missing:
        return
    where = "no folder with real files is given" if data is None else f"{data} lacks"
    raise LoadError(
        f"{environment} was deployed without generated_data=True (stacks/environments.py), and "
        f"{where}: {', '.join(missing)}. Nothing was changed. Pass a folder with these files: "
        f"make load ENV={environment} DATA=DIR"
    )


def _check_folder(data_sets: Sequence[DataSet], data: Path) -> None:
    if not data.is_dir():
        raise LoadError(
            f"{data} is not a folder: pass --data a folder with one folder per data set"
        )
    if not any((data / each.name).is_dir() for each in data_sets):
        names = ", ".join(f"{each.name}/" for each in data_sets)
        raise LoadError(
            f"{data} contains no data set: pass --data a folder that contains some of {names}"
        )


def _ignored(files: Sequence[PlannedFile], data: Path) -> Iterator[str]:
    used = {file.real for file in files}
    for path in sorted(data.rglob("*")):
        if path.is_file() and path not in used:
            yield path.relative_to(data).as_posix()
