"""The commands of a build specification, run in one shell as version 0.2 does.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local_cloud.errors import LocalCloudError

_PHASES = ("install", "pre_build", "build", "post_build")


class InvalidSpecification(LocalCloudError):
    """A build specification is not JSON, or has a version that is not supported."""


@dataclass(frozen=True)
class BuildSpecification:
    """The commands of all phases in order, and the literal variables of a build."""

    commands: tuple[str, ...]
    variables: Mapping[str, Any]


def read_specification(text: str) -> BuildSpecification:
    """Return the commands and variables. Raises `InvalidSpecification` unless it is JSON."""
    try:
        specification = json.loads(text)
    except ValueError as error:
        raise InvalidSpecification(f"is not JSON: {error}") from error
    phases = specification.get("phases", {})
    return BuildSpecification(
        tuple(each for phase in _PHASES for each in phases.get(phase, {}).get("commands", ())),
        specification.get("env", {}).get("variables", {}),
    )


def start_commands(
    commands: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    output: IO[str] | int,
    own_group: bool = False,
) -> subprocess.Popen[bytes]:
    """Start the commands in a folder; they end at the first failure.

    With `own_group`, all their processes can be ended together, and Ctrl-C does not reach them.
    """
    return subprocess.Popen(
        ["/bin/sh", "-e", "-c", "\n".join(commands)],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=own_group,
    )
