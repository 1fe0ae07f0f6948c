"""Runs the commands of a stage in one shell, as version 0.2 of build specifications does."""

from __future__ import annotations

from pathlib import Path

from local_cloud.build_commands import start_commands
from local_cloud.child_environment import build_variables
from local_cloud.context import Cloud
from local_cloud.delivery.stages import DeliveryFailed, DeliveryStage

_LINES_SHOWN = 40


def run_build(stage: DeliveryStage, source: Path, cloud: Cloud | None, log: Path) -> None:
    """Run the commands in `source` until one fails; their output is in `log`.

    With `cloud` they have its address and the credentials of its administrator, in place of those
    of the role that they assume on AWS. Without it they reach no cloud.

    Raises:
        DeliveryFailed: a command failed.
    """
    with log.open("w", encoding="utf-8") as file:
        code = start_commands(
            stage.commands,
            folder=source,
            environment={**build_variables(cloud), **(stage.variables or {})},
            output=file,
        ).wait()
    if code != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise DeliveryFailed(
            f"the stage {stage.name} failed with the exit code {code} (the complete "
            f"output is in {log}):\n" + "\n".join(lines[-_LINES_SHOWN:])
        )
