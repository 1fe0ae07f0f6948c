"""Command: python -m pipeline_code.tickit.sample_data --output DIR."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline_code.tickit.sample_data.files import find, read, write
from pipeline_code.tickit.sample_data.generate import generate
from pipeline_code.tickit.sample_data.tables import TABLES


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the wanted tables' files and print the name and the row count of each."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    try:
        given = _given(parsed.missing_from, unwanted=parsed.only)
    except ValueError as err:
        parser.error(str(err))
    tables = generate(given, seed=parsed.seed)
    parsed.output.mkdir(parents=True, exist_ok=True)
    for name in parsed.only or [name for name in TABLES if name not in given]:
        path = write(tables[name], name, parsed.output)
        print(f"generated {name}: {tables[name].num_rows:,} rows in {path.name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code.tickit.sample_data",
        description="Generates the files of the TICKIT sample database.",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--only", type=_table_names, default=[], metavar="TABLE,…", help="write these tables only"
    )
    parser.add_argument(
        "--missing-from",
        type=Path,
        metavar="DIR",
        help="folder of real files, gzipped or not: generate what is missing, with keys that fit",
    )
    return parser


def _given(folder: Path | None, *, unwanted: list[str]) -> dict[str, pa.Table]:
    if folder is None:
        return {}
    files = {name: find(folder, name) for name in TABLES if name not in unwanted}
    return {name: read(path, name) for name, path in files.items() if path}


def _table_names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in TABLES]:
        raise argparse.ArgumentTypeError(
            f"no table {', '.join(unknown)}: expected some of {', '.join(TABLES)}"
        )
    return names


if __name__ == "__main__":
    main()
