"""`board`: web pages about the environment, for a browser of this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from operations import OperationError
from operations.board.server import ADDRESS, create_server
from operations.board.site import Site
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import show

HELP = "Show pipelines, runs, endpoints, drift, schedules and alarms in a browser; it only reads."
POLICY = "reader"
EXAMPLES = ("redline board", "redline --env prod board --port 8123")
_DEFAULT_PORT, _HIGHEST_PORT = 8765, 65_535


def run(
    aws: EnvironmentClients,
    *,
    port: Annotated[
        int,
        typer.Option(min=0, max=_HIGHEST_PORT, help="Port of this machine; 0 is any free port."),
    ] = _DEFAULT_PORT,
    as_json: Json = False,
) -> int:
    """Answer requests until Ctrl-C."""
    try:
        server = create_server(Site(aws), port)
    except OSError as error:
        raise OperationError(
            f"The board cannot listen on port {port} ({error.strerror}): use another --port, or "
            "0 for any free one."
        ) from error
    address = f"http://{ADDRESS}:{server.server_port}/"
    text = f"The board of {aws.name} is at {address} (Ctrl-C ends it)."
    show({"environment": aws.name, "address": address}, text=text, as_json=as_json)
    # A program that reads the address from a pipe waits for it.
    sys.stdout.flush()
    with server:
        server.serve_forever()
    return 0
