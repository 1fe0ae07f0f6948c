"""The command `feature-groups`: checks feature_groups.json and writes its lock file."""

import argparse
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.compiler.compiled import pipeline_folder
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.feature_groups.lock import LOCK, write_lock
from pipeline_code.pipelines import FOLDER

HELP = "check the feature groups of a pipeline, and lock their declarations"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="a pipeline with a feature_groups.json")


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 after printing why the groups cannot be locked."""
    return run_command(lambda: lock(parsed.name), DefinitionError)


def lock(pipeline: str, *, root: Path = FOLDER) -> int:
    """Lock the feature groups of a pipeline. Return 0."""
    folder = pipeline_folder(pipeline.replace("_", "-"), root)
    names = [group.name for group in write_lock(folder)]
    print(f"{folder.name}/{LOCK}: {', '.join(names) or 'no groups'}")
    return 0
