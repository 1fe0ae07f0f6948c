"""The server process: moto's services and the extensions of this package, on 127.0.0.1."""

from __future__ import annotations

import local_cloud.garbage_collection  # noqa: F401  # before the imports, which create objects

# isort: split
import argparse
import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends

import local_cloud.ec2_import  # noqa: F401  # before any other module imports moto's EC2
from local_cloud import authorization, cloudformation, moto_patches
from local_cloud.application import Application
from local_cloud.command_line import run_command
from local_cloud.context import DEFAULT_REGION, SERVER_AGENT, Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.faults import admission
from local_cloud.http_server import HttpServer
from local_cloud.persistence.changes import CHANGES
from local_cloud.persistence.kept_state import kept, restored
from local_cloud.persistence.saved_version import write_version
from local_cloud.request_filter import RequestFilter
from local_cloud.server_process import start_of_this_process
from local_cloud.server_secrets import create_secrets
from local_cloud.state import SAVED, ServerRecord, forget_server, write_secrets, write_server

# Installed in this order. Each one replaces backends of moto.
EXTENSIONS = (
    "local_cloud.redshift",
    "local_cloud.athena",
    "local_cloud.crawlers",
    "local_cloud.emr",
    "local_cloud.sagemaker",
    "local_cloud.functions",
    "local_cloud.codebuild",
    "local_cloud.events",
)
# An extension stops before the extensions that it uses: jobs query the warehouse, publish events.
SHUTDOWN_ORDER = (
    "local_cloud.sagemaker",
    "local_cloud.functions",
    "local_cloud.codebuild",
    "local_cloud.emr",
    "local_cloud.athena",
    "local_cloud.crawlers",
    "local_cloud.redshift",
    "local_cloud.events",
)


class PortUnavailable(LocalCloudError):
    """Another program uses the port, or the user may not listen on it."""


@contextmanager
def running(
    *, state: Path, port: int = 0, region: str = DEFAULT_REGION, saved: Path | None = None
) -> Iterator[Cloud]:
    """Run a laptop cloud in this process. Yields its `Cloud`.

    It has the state that an earlier one saved in the folder `saved`; None: it is empty, and its
    state is only in memory. Raises `NotRestorable`.
    """
    iam_backends.clear()  # a reset would create the backend again, which loads 1,500 policies
    BackendDict.reset()
    CHANGES.clear()
    secrets = create_secrets()
    application = Application(secrets)
    server = _listen(RequestFilter(application), port)
    cloud = Cloud(f"http://localhost:{server.port}", state, region, secrets, saved, SERVER_AGENT)
    _install(cloud)
    saver = None if saved is None else restored(cloud, saved)
    server.start()
    try:
        with nullcontext() if saver is None else kept(saver, application):
            yield replace(cloud, agent=None)
    finally:
        _shut_down()
        server.stop()


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or SIGINT."""
    arguments = _parser().parse_args(argv)
    return run_command(lambda: _serve(arguments), LocalCloudError)


def _serve(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    state: Path = arguments.state
    if arguments.lock is not None:
        # The processes of jobs and functions must not hold the lock of the folder.
        os.set_inheritable(arguments.lock, False)
    saved = state / SAVED
    saved.mkdir(mode=0o700, exist_ok=True)
    write_version(saved, arguments.region)
    with running(state=state, port=arguments.port, region=arguments.region, saved=saved) as cloud:
        port = int(cloud.endpoint.rpartition(":")[2])
        write_secrets(state, cloud.secrets)
        started = start_of_this_process()
        write_server(state, ServerRecord(os.getpid(), started, port, cloud.region))
        ended.wait()
        forget_server(state)
    return 0


def _listen(application: RequestFilter, port: int) -> HttpServer:
    try:
        return HttpServer(application, port)
    except OSError as error:
        raise PortUnavailable(
            f"The server cannot listen on port {port}: {error.strerror}. Choose another port with "
            "`up --port N`, or omit it to use a free one."
        ) from error


def _install(cloud: Cloud) -> None:
    moto_patches.install(cloud.region)
    authorization.install()
    admission.install()
    cloudformation.install(cloud)
    for name in EXTENSIONS:
        importlib.import_module(name).install(cloud)


def _shut_down() -> None:
    """Stop the threads and processes of the extensions."""
    for name in SHUTDOWN_ORDER:
        importlib.import_module(name).shutdown()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--region", default=DEFAULT_REGION)
    parser.add_argument("--lock", type=int, help="descriptor of the folder's lock, which is kept")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
