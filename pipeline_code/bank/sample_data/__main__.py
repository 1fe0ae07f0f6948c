"""Command: python -m pipeline_code.bank.sample_data --output DIR."""

from collections.abc import Sequence
from pathlib import Path

from pipeline_code.bank.sample_data.generate import CALLS, COLUMNS, Columns, generate
from pipeline_code.sample_files import options, take

FILE = "bank-additional-full.csv"
# What the table of the catalogue calls its location, below incoming/bank/.
FOLDER = "calls"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file below DIR/calls, the real one where there is one, and say what was made."""
    parser = options("bank", generates="the calls of a bank's campaign")
    parsed = parser.parse_args(arguments)
    target: Path = parsed.output / FOLDER / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from is None or not take(parsed.missing_from, FILE, target):
        target.write_text(_text(generate(seed=parsed.seed)), encoding="utf-8")
        print(f"generated calls: {CALLS:,} rows in {FILE}")


def _text(calls: Columns) -> str:
    """The calls as they are published: semicolons, texts in quotes, numbers as short as can be."""
    columns = [
        [f'"{text}"' for text in values] if values.dtype.kind == "U" else [f"{n:g}" for n in values]
        for values in calls.values()
    ]
    header = ";".join(f'"{name}"' for name in COLUMNS)
    return "\n".join([header, *map(";".join, zip(*columns, strict=True)), ""])


if __name__ == "__main__":
    main()
