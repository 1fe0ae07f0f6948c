"""Command: python -m pipeline_code.tickit.sample_data --output DIR."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline_code.sample_files import options, take
from pipeline_code.tickit.sample_data.files import find, read, write
from pipeline_code.tickit.sample_data.generate import generate
from pipeline_code.tickit.sample_data.tables import TABLES


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the real files that exist, generate the files of the other tables, and print these."""
    published_files = [published.file for published in TABLES.values()]
    parser = options(
        "tickit", generates="the files of the TICKIT sample database", files=published_files
    )
    parsed = parser.parse_args(arguments)
    try:
        given = _given(parsed.missing_from)
    except ValueError as err:
        parser.error(str(err))
    tables = generate(given, seed=parsed.seed)
    parsed.output.mkdir(parents=True, exist_ok=True)
    for name, published in TABLES.items():
        if name in given:
            take(parsed.missing_from, published.file, parsed.output / published.file)
        else:
            path = write(tables[name], name, parsed.output)
            print(f"generated {name}: {tables[name].num_rows:,} rows in {path.name}")


def _given(folder: Path | None) -> dict[str, pa.Table]:
    if folder is None:
        return {}
    files = {name: find(folder, name) for name in TABLES}
    return {name: read(path, name) for name, path in files.items() if path}


if __name__ == "__main__":
    main()
