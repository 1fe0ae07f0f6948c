"""Shared code of the sample data generators: their options, and copies of real files."""

import argparse
import gzip
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def options(pipeline: str, *, generates: str, files: Iterable[str]) -> argparse.ArgumentParser:
    """The options `--output`, `--seed`, `--missing-from` and `--list` of a generator.

    `files` are the published names of its files: `--list` prints them, one per line.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m pipeline_code.{pipeline}.sample_data",
        description=f"Generates {generates}.",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--missing-from",
        type=Path,
        metavar="DIR",
        help="folder that may hold real files, gzipped or not: they are taken, the rest generated",
    )
    parser.add_argument(
        "--list",
        action=_PrintFiles,
        const=tuple(files),
        nargs=0,
        help="print the names of the files and exit",
    )
    return parser


def find(real: Path, name: str) -> Path | None:
    """Return `real/name`, or `real/name.gz`, or None if neither exists."""
    candidates = (real / name, real / f"{name}.gz")
    return next((path for path in candidates if path.is_file()), None)


def take(real: Path, name: str, target: Path) -> bool:
    """Copy the file that `find` returns, uncompressed, to `target`; False without one."""
    found = find(real, name)
    if found is None:
        return False
    if found.name == name:
        shutil.copyfile(found, target)
    else:
        with gzip.open(found) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return True


class _PrintFiles(argparse.Action):
    """Like `--help`: prints, and exits before required options are checked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print("\n".join(self.const))
        parser.exit()
