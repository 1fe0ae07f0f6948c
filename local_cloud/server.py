"""The server process: moto's services and the extensions of this package, on 127.0.0.1."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from local_cloud import authorization, cloudformation, moto_patches
from local_cloud.application import Application
from local_cloud.context import ADMINISTRATOR, DEFAULT_REGION, Cloud
from local_cloud.faults import admission
from local_cloud.state import ServerRecord, forget_server, write_server

# Installed in this order. Each one replaces backends of moto.
EXTENSIONS = (
    "local_cloud.redshift",
    "local_cloud.sagemaker",
    "local_cloud.functions",
    "local_cloud.events",
)
# An extension stops before the extensions that it uses: jobs query the warehouse, publish events.
SHUTDOWN_ORDER = (
    "local_cloud.sagemaker",
    "local_cloud.functions",
    "local_cloud.redshift",
    "local_cloud.events",
)


@contextmanager
def running(*, state: Path, port: int = 0, region: str = DEFAULT_REGION) -> Iterator[Cloud]:
    """Run a new, empty laptop cloud in this process. Yields its `Cloud`."""
    iam_backends.clear()  # a reset would create the backend again, which loads 1,500 policies
    BackendDict.reset()
    server = _listen(port)
    cloud = Cloud(endpoint=f"http://localhost:{server.port}", state=state, region=region)
    _install(cloud)
    thread = threading.Thread(target=server.serve_forever, name="server", daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        _shut_down()
        server.shutdown()
        server.server_close()
        thread.join()


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or SIGINT."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # moto's look-ups of regions and defaults must not use a real account.
    os.environ.update(ADMINISTRATOR | {"AWS_EC2_METADATA_DISABLED": "true"})
    os.environ.pop("AWS_PROFILE", None)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    state: Path = arguments.state
    with running(state=state, port=arguments.port, region=arguments.region) as cloud:
        port = int(cloud.endpoint.rpartition(":")[2])
        write_server(state, ServerRecord(pid=os.getpid(), port=port, region=cloud.region))
        ended.wait()
        forget_server(state)
    return 0


def _listen(port: int) -> BaseWSGIServer:
    return make_server(
        "127.0.0.1", port, Application(), threaded=True, request_handler=MotoRequestHandler
    )


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
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
