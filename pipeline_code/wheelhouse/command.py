"""The command `wheels`: locks and fetches the packages of requirements.txt files."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.compiler import compiled_all
from pipeline_code.compiler.compiled import Request
from pipeline_code.compiler.errors import DefinitionError, WheelhouseError
from pipeline_code.pipelines import FOLDER, SPARK, folder_of, names
from pipeline_code.runtime.wheels import LOCK, locked
from pipeline_code.wheelhouse.lock import current_lock, write_lock
from pipeline_code.wheelhouse.requirements import FILE
from pipeline_code.wheelhouse.wheels import fetch_wheels

HELP = "lock and fetch the packages of requirements.txt for the images of pipelines"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    text = f"a pipeline with a requirements.txt, or {SPARK.name} (default: all)"
    command.add_argument("names", nargs="*", metavar="NAME", help=text)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 after printing why the packages cannot be used."""
    return run_command(lambda: wheels(parsed.names), DefinitionError)


def wheels(pipelines: Sequence[str], *, root: Path = FOLDER) -> int:
    """Lock and fetch the wheels of pipelines, or of all with a requirements.txt. Return 0.

    The name `spark` is for the packages of Spark steps, which are the same in every pipeline. A
    lock file that fits the requirements and the image stays as it is.

    Raises:
        DefinitionError: a pipeline does not compile, or its packages cannot be locked or fetched.
    """
    chosen = pipelines or [each for each in names(root) if _has_requirements(each, root)]
    requests = [Request(each, root=root) for each in chosen if each != SPARK.name]
    for definition in compiled_all(requests, check=False):
        folder, image = folder_of(definition.name, root), definition.manifest.wheels
        if not image:
            raise WheelhouseError(f"{folder} has no {FILE}: write one pinned package a line")
        _lock_and_fetch(folder, image)
    if not pipelines or SPARK.name in pipelines:
        _lock_and_fetch(SPARK, SPARK.name)
    return 0


def _lock_and_fetch(folder: Path, image: str) -> None:
    try:
        text = current_lock(folder, image)
    except WheelhouseError:
        text = write_lock(folder, image)
    fetch_wheels(folder, image)
    print(f"{folder.name}/{LOCK}: {', '.join(locked(text)) or 'the image has all packages'}")


def _has_requirements(name: str, root: Path) -> bool:
    return (folder_of(name, root) / FILE).is_file()
