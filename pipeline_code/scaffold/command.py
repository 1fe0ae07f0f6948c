"""The command `new`: creates a pipeline and prints the next steps."""

import argparse
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.scaffold.create import InvalidName, create

ROOT = Path(__file__).resolve().parents[2]
NEXT = """\
Created pipeline_code/{name} ({pipeline} files) and tests/pipelines/{name} ({tests} files).

Check that it works:
    python -m pipeline_code.compiler lint {name}
    python -m pytest tests/pipelines/{name}
To deploy it, add one line to the `pipelines` of an environment in stacks/environments.py:
    Pipeline(name="{name}", schedule=Schedule(expression="rate(1 day)")),
Accept its template with `make snapshots`, and run it on the laptop cloud:
    python -m local_cloud up
    python -m local_cloud deploy local
    python -m local_cloud load
    python -m operations start {name}
Then change it, beginning with features.py and sample_data/. More in docs/new-pipeline.md.
"""


HELP = "create a pipeline that works, to be changed"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="2 to 30 lower-case letters and digits")


def run(parsed: argparse.Namespace, *, root: Path = ROOT) -> int:
    """Run the command; return 0, or 2 after printing why the pipeline was not created."""
    return run_command(lambda: _create(parsed.name, root), InvalidName, error_prefix="error: ")


def _create(name: str, root: Path) -> int:
    files = create(name, root)
    tests = sum(path.is_relative_to(root / "tests") for path in files)
    print(NEXT.format(name=name, pipeline=len(files) - tests, tests=tests), end="")
    return 0
