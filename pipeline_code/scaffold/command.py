"""The command `new`: creates a pipeline and prints the next steps."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.scaffold.create import (
    LAKE_PLACEHOLDERS,
    TABLE,
    check_name,
    check_schema,
    create,
)
from pipeline_code.scaffold.csv_source import read_csv_source
from pipeline_code.scaffold.detection import detect
from pipeline_code.scaffold.errors import InvalidSource, ScaffoldError
from pipeline_code.scaffold.table_pipeline import TablePipeline
from pipeline_code.scaffold.target import choose_target

ROOT = Path(__file__).resolve().parents[2]
STATISTICS = "sample_data/statistics.json"
NEXT = """\
Created pipeline_code/{name} ({pipeline} files) and tests/pipelines/{name} ({tests} files){more}.

Check that it works:
    make check NAME={name}
To deploy it, add one line to an environment in stacks/environments.py:
    .venv/bin/python -m pipeline_code add {name} local
Accept its template with `make snapshots`, and run it on the laptop cloud:
    .venv/bin/python -m local_cloud up
    .venv/bin/python -m local_cloud deploy local
    .venv/bin/python -m local_cloud load
    .venv/bin/python -m operations start {name}
Then change it, beginning with features.py{changed}. More in docs/new-pipeline.md.
"""


HELP = "create a pipeline that works, to be changed"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="2 to 30 lower-case letters and digits")
    command.add_argument(
        "--from-csv",
        type=Path,
        metavar="FILE",
        help="a CSV file with a header: the pipeline learns from a table with its columns",
    )
    command.add_argument("--target", metavar="COLUMN", help="the column to predict")
    command.add_argument("--kind", metavar="KIND", help="regression or binary")


def run(parsed: argparse.Namespace, *, root: Path = ROOT) -> int:
    """Run the command; return 0, or 2 after printing why the pipeline was not created."""
    return run_command(lambda: _run(parsed, root), ScaffoldError, error_prefix="error: ")


def _run(parsed: argparse.Namespace, root: Path) -> int:
    if parsed.from_csv is None:
        if parsed.target or parsed.kind:
            raise InvalidSource("--target and --kind need --from-csv FILE")
        files = create(parsed.name, root, placeholders=LAKE_PLACEHOLDERS)
        _report(parsed.name, root, files, changed=" and sample_data/")
        return 0
    check_name(parsed.name, root)
    check_schema(parsed.name, root)
    source = read_csv_source(parsed.from_csv)
    columns = detect(source)
    target = choose_target(columns, parsed.target, parsed.kind)
    made = TablePipeline.of(parsed.name, columns, target, source.form)
    files = create(parsed.name, root, template=TABLE, placeholders=made.placeholders)
    statistics = root / "pipeline_code" / parsed.name / STATISTICS
    made.statistics.save(statistics)
    print("\n".join([f"Read {parsed.from_csv}:", *(f"  {each}" for each in made.reasons), ""]))
    _report(parsed.name, root, [*files, statistics], changed=" and query.sql")
    return 0


def _report(name: str, root: Path, files: Sequence[Path], *, changed: str) -> None:
    """Print the number of files, and the next steps."""
    tests = sum(path.is_relative_to(root / "tests") for path in files)
    migrations = [path for path in files if path.is_relative_to(root / "warehouse")]
    more = "".join(f", and {path.relative_to(root)}" for path in migrations)
    pipeline = len(files) - tests - len(migrations)
    text = NEXT.format(name=name, pipeline=pipeline, tests=tests, more=more, changed=changed)
    print(text, end="")
