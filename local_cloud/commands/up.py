"""`up`: start the server in the background and wait until it responds to requests."""

from __future__ import annotations

import argparse
from pathlib import Path

from local_cloud.client import connect, read_interrupted
from local_cloud.context import DEFAULT_REGION
from local_cloud.output import show
from local_cloud.server_lifecycle import start

HELP = "start the laptop cloud in the background"

_HIGHEST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the optional arguments for port, region and an empty start."""
    parser.add_argument(
        "--port", type=_port, default=0, help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--region", default=DEFAULT_REGION, help=f"AWS region (default {DEFAULT_REGION})"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="delete the saved state and start empty"
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port, expected 1 to {_HIGHEST_PORT}, or 0 for a free one"
        )
    return int(text)


def run(arguments: argparse.Namespace, state: Path) -> int:
    """Start the server of this folder, unless it is already running."""
    record = start(state=state, port=arguments.port, region=arguments.region, fresh=arguments.fresh)
    interrupted = read_interrupted(connect(state))
    lines = [f"The laptop cloud answers at {record.endpoint} ({record.region})."]
    if interrupted:
        lines += ["When the last server ended, it interrupted:", *(f"  {x}" for x in interrupted)]
    show(
        {
            "endpoint": record.endpoint,
            "region": record.region,
            "pid": record.pid,
            "interrupted": interrupted,
        },
        text="\n".join(lines),
        as_json=arguments.json,
    )
    return 0
