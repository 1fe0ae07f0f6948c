"""Shared code of the sample data generators: their options, and copies of real files."""

import argparse
import gzip
import shutil
from pathlib import Path


def options(pipeline: str, *, generates: str) -> argparse.ArgumentParser:
    """The options `--output`, `--seed` and `--missing-from` of a generator."""
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
    return parser


def take(real: Path, name: str, target: Path) -> bool:
    """Copy `real/name`, or `real/name.gz` uncompressed, to `target`; False if neither exists."""
    plain, zipped = real / name, real / f"{name}.gz"
    if plain.is_file():
        shutil.copyfile(plain, target)
    elif zipped.is_file():
        with gzip.open(zipped) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    else:
        return False
    return True
