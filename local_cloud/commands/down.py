"""`down`: stop the server and all processes that it started."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from subprocess import TimeoutExpired

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.client import connect
from local_cloud.deployment.orphaned_stacks import LIST, OrphanedStack, handle_orphans, orphan_lines
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.server_lifecycle import stop
from local_cloud.server_process import live_server
from local_cloud.state import ASSEMBLY, read_deployment

HELP = "stop the laptop cloud and everything that runs in it"
_LIST_TIMEOUT_SECONDS = 20.0
# Failures of the server, of the app's command, and of its files.
_FAILURES = (LocalCloudError, BotoCoreError, ClientError, OSError, ValueError, TimeoutExpired)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Do nothing: the command has no arguments."""


def run(arguments: argparse.Namespace, state: Path) -> int:
    """List the stacks that the app no longer contains, and stop the server.

    No-op if it is not running.
    """
    orphans = _orphans(state)
    stopped = stop(state)
    text = "The laptop cloud has stopped." if stopped else "No laptop cloud was running."
    show(
        {"stopped": stopped, "orphans": [asdict(each) for each in orphans]},
        text="\n".join([*orphan_lines(orphans), text]),
        as_json=arguments.json,
    )
    return 0


def _orphans(state: Path) -> tuple[OrphanedStack, ...]:
    """Return the stacks that the last deployed app does not contain.

    A server or an app that does not respond must not prevent the stop.
    """
    deployed = read_deployment(state)
    if deployed is None or live_server(state) is None:
        return ()
    try:
        cloud = connect(state)
        return handle_orphans(
            cloud,
            deployed.environment,
            cloud.state / ASSEMBLY,
            folder=Path(deployed.folder),
            action=LIST,
            timeout_seconds=_LIST_TIMEOUT_SECONDS,
        )
    except _FAILURES as error:
        print(f"The stacks that the app no longer contains are unknown: {error}", file=sys.stderr)
        return ()
