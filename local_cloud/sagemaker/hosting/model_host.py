"""A process that hosts a model: an instance of a fleet."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.hosting.host_connections import CUSTOM_ATTRIBUTES, Connections
from local_cloud.sagemaker.hosting.host_responses import HostResponse, HostTerminated, UnhealthyHost
from local_cloud.sagemaker.hosting.hosted_model import HostedModel, write_archive
from local_cloud.sagemaker.jobs.built_images import packages_of, variables_of
from local_cloud.sagemaker.jobs.container_environment import base_environment
from local_cloud.sagemaker.jobs.host_faults import has_full_disk
from local_cloud.sagemaker.jobs.job_hosts import Host, RunningHost
from local_cloud.sagemaker.jobs.log_stream import LogStream
from local_cloud.sagemaker.jobs.process_isolation import launch
from local_cloud.sagemaker.role_session import RoleSession

_CONTAINERS = Path(__file__).parents[1] / "containers"
# "A customer's model containers must respond to requests within 60 seconds" (InvokeEndpoint).
RESPONSE_SECONDS = 60.0
_PING_POLL_SECONDS = 0.05
_LAST_LINES = 20
# Requests share the cores of this machine. For small requests, more threads cost more time than
# they save.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class ModelHost:
    """A process that has loaded the model. It deletes its `folder` when it ends.

    `outstanding` counts the requests in progress. The code that distributes requests updates it.
    """

    def __init__(
        self,
        session: RoleSession,
        model: HostedModel,
        *,
        archive: bytes,
        code: bytes | None = None,
        folder: Path,
        socket: Path,
        log_group: str,
        log_stream: str,
        environment: Mapping[str, str],
        response_seconds: float = RESPONSE_SECONDS,
        fault: Fault | None = None,
    ) -> None:
        self.outstanding = 0
        self._folder = folder
        self._socket = socket
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        host = Host("instance", 0, folder / "ml")
        for path in (host.folder, host.mount_point, host.current, host.scratch):
            path.mkdir(parents=True)
        write_archive(archive, host.folder / "model", model.model_data_url)
        if code is not None and model.code_url:
            write_archive(code, host.folder / "code", model.code_url)
        self._connections = Connections(socket, timeout_seconds=response_seconds)
        prepared = launch(
            command=["python3", str(_CONTAINERS), "model_server.server", model.repository]
            + [str(socket), "any" if model.has_network else "none"],
            environment=_environment(session, model, host.scratch, environment),
            folder=host.folder,
            mount_point=host.mount_point,
            network=model.has_network,
            full_disk=has_full_disk(fault),
        )
        log = LogStream(
            session.outside.client("logs"),
            group=log_group,
            name=log_stream,
            observe=self._last_lines.append,
        )
        self._process = RunningHost(host, prepared, log.copy, fault=fault)

    @property
    def is_running(self) -> bool:
        """Whether the process is running."""
        return self._process.exit_code() is None

    @property
    def resident_bytes(self) -> int:
        """The resident memory of the process in bytes."""
        return self._process.resident_bytes()

    def inject_fault(self) -> None:
        """Inject the fault if it is due. Raises `InstanceLost`."""
        self._process.inject_fault()

    def wait_until_healthy(self, *, deadline: float) -> None:
        """Wait until /ping returns 200. Raises `UnhealthyHost` with the last line of output."""
        while not self._is_healthy():
            if not self.is_running:
                raise UnhealthyHost(self._last_output() or "its process ended without output")
            if time.monotonic() > deadline:
                raise UnhealthyHost("it did not respond in time")
            time.sleep(_PING_POLL_SECONDS)

    def invoke(
        self, body: bytes, *, content_type: str | None, accept: str | None, attributes: str | None
    ) -> HostResponse:
        """Invoke the model. Raises `HostTerminated`."""
        given = {"Content-Type": content_type, "Accept": accept, CUSTOM_ATTRIBUTES: attributes}
        headers = {name: value for name, value in given.items() if value is not None}
        return self.request("POST", "/invocations", body, headers)

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> HostResponse:
        """Send any request to the server. Raises `HostTerminated`."""
        return self._connections.request(method, path, body, headers)

    def close(self) -> None:
        """End the process and delete its folder."""
        self._process.close()
        self._connections.close()
        self._socket.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_healthy(self) -> bool:
        try:
            return self._connections.request("GET", "/ping").status == 200
        except HostTerminated:
            return False

    def _last_output(self) -> str:
        """Return the last line with text; for a Python error this is the message."""
        self._process.close()
        return next((line for line in reversed(self._last_lines) if line.strip()), "")


def _environment(
    session: RoleSession, model: HostedModel, scratch: Path, more: Mapping[str, str]
) -> dict[str, str]:
    """Return the complete environment of the process."""
    return {
        **base_environment(
            scratch, session, has_network=model.has_network, packages=packages_of(model.image)
        ),
        "OMP_WAIT_POLICY": "PASSIVE",
        **dict.fromkeys(_ONE_THREAD, "1"),
        **variables_of(model.image),
        **more,
        **model.environment,
    }
