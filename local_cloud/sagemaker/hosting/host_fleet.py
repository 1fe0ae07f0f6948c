"""A group of processes that serve one model, like the instances of a production variant."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from local_cloud.context import Cloud
from local_cloud.sagemaker.hosting.host_responses import HostingFailed, HostResponse, HostTerminated
from local_cloud.sagemaker.hosting.hosted_model import download, find_model, provision_for
from local_cloud.sagemaker.hosting.model_host import RESPONSE_SECONDS, ModelHost
from local_cloud.sagemaker.hosting.placement import Placement
from local_cloud.sagemaker.jobs.host_faults import fault_of
from local_cloud.sagemaker.jobs.instance_types import GIBIBYTE, MEMORY_BYTES
from local_cloud.sagemaker.jobs.job_hosts import InstanceLost
from local_cloud.sagemaker.role_session import RoleSession

logger = logging.getLogger(__name__)

FOLDER = "hosting"
_WATCH_SECONDS = 0.5
# The pause between two attempts to replace an ended process.
_RESTART_SECONDS = 5.0
_DRAIN_SECONDS = 10.0
_DRAIN_POLL_SECONDS = 0.02


class Fleet:
    """The processes of one model. Each request goes to the process with the fewest requests.

    A process is replaced if it ends, uses more memory than its instance has, or if its instance is
    lost. Raises `HostingFailed` if a process does not answer /ping at the start.
    """

    def __init__(self, cloud: Cloud, model_name: str, placement: Placement, *, count: int) -> None:
        self.model = find_model(cloud, model_name)
        self._placement = placement
        provision_for(cloud, self.model, log_group=placement.log_group)
        self._session = RoleSession(cloud, self.model.role_arn, self.model.network)
        self._archive = download(self._session, self.model.model_data_url)
        # The toolkits of the images download the code: sagemaker_containers._files.
        url = self.model.code_url
        self._code = download(self._session, url) if url else None
        self._folder = Path(cloud.state).resolve() / FOLDER / uuid4().hex
        # The path of a Unix socket is limited to about 100 characters.
        self._sockets = Path(tempfile.mkdtemp(prefix="laptop-"))
        self._lock = threading.Lock()
        self._scaling = threading.Lock()
        self._desired_count = count
        self._hosts: list[ModelHost] = []
        self._has_lost_instance = False
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="fleet-watch", daemon=True)
        with ExitStack() as undo:
            undo.callback(self._remove_folders)
            undo.callback(lambda: self._end(self._hosts))
            self.scale(count)
            undo.pop_all()
        self._watcher.start()

    @property
    def count(self) -> int:
        """The number of processes."""
        return len(self._hosts)

    @property
    def has_lost_instance(self) -> bool:
        """Whether an instance was lost at any time."""
        return self._has_lost_instance

    def invoke(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        accept: str | None = None,
        attributes: str | None = None,
    ) -> HostResponse:
        """Invoke the model. Raises `HostTerminated` if its process ends or times out."""
        host = self._acquire()
        try:
            self._check(host)
            return host.invoke(
                body, content_type=content_type, accept=accept, attributes=attributes
            )
        finally:
            with self._lock:
                host.outstanding -= 1

    def scale(self, count: int) -> None:
        """Set the number of processes. Wait until new ones are healthy. Raises `HostingFailed`."""
        with self._scaling:
            self._desired_count = count
            self._adjust()

    def close(self) -> None:
        """Wait for the requests in progress, then end the processes."""
        self._closing.set()
        self._watcher.join()
        with self._lock:
            removed, self._hosts = self._hosts, []
        self._end(removed)
        self._remove_folders()

    def _adjust(self) -> None:
        """Start or end processes until there are as many as desired."""
        missing = self._desired_count - len(self._hosts)
        if missing > 0:
            self._add(missing)
            return
        with self._lock:
            removed, self._hosts = (
                self._hosts[self._desired_count :],
                self._hosts[: self._desired_count],
            )
        self._end(removed)

    def _acquire(self) -> ModelHost:
        with self._lock:
            running = [host for host in self._hosts if host.is_running]
            if not running:
                raise HostTerminated("no process of the model is running")
            host = min(running, key=lambda one: one.outstanding)
            host.outstanding += 1
            return host

    def _add(self, count: int) -> None:
        with ThreadPoolExecutor(count) as pool:
            started = [pool.submit(self._start) for _ in range(count)]
        failures = [error for one in started if (error := one.exception())]
        hosts = [one.result() for one in started if one.exception() is None]
        if failures:
            self._end(hosts)
            raise failures[0]
        with self._lock:
            self._hosts += hosts

    def _start(self) -> ModelHost:
        name = uuid4().hex[:17]
        host = ModelHost(
            self._session,
            self.model,
            archive=self._archive,
            code=self._code,
            folder=self._folder / name,
            socket=self._sockets / name,
            log_group=self._placement.log_group,
            log_stream=f"{self._placement.log_stream}/i-{name}",
            environment=self._placement.environment,
            response_seconds=self._placement.response_seconds,
            fault=fault_of(self._placement.arn_of(f"i-{name}"), self._session),
        )
        try:
            host.wait_until_healthy(deadline=time.monotonic() + self._placement.startup_seconds)
        except HostingFailed:
            host.close()
            raise
        return host

    def _watch(self) -> None:
        while not self._closing.wait(_WATCH_SECONDS):
            for host in list(self._hosts):
                reason = self._replacement_reason(host)
                if reason:
                    logger.warning("Replacing a process of %s: %s", self.model.name, reason)
                    self._replace(host)

    def _replacement_reason(self, host: ModelHost) -> str | None:
        try:
            self._check(host)
        except HostTerminated as error:
            return str(error)
        if not host.is_running:
            return "it ended"
        limit, used = MEMORY_BYTES[self._placement.instance_type], host.resident_bytes
        if used <= limit:
            return None
        return (
            f"it used {used / GIBIBYTE:.2f} GiB of memory; {self._placement.instance_type} has "
            f"{limit / GIBIBYTE:.2f} GiB"
        )

    def _check(self, host: ModelHost) -> None:
        """Raise `HostTerminated` if the instance was lost."""
        try:
            host.inject_fault()
        except InstanceLost as error:
            self._has_lost_instance = True
            raise HostTerminated("its instance was lost") from error

    def _replace(self, host: ModelHost) -> None:
        with self._lock:
            self._hosts = [one for one in self._hosts if one is not host]
        host.close()
        while not self._closing.is_set():
            try:
                with self._scaling:
                    self._adjust()
                return
            except (HostingFailed, OSError) as error:
                logger.warning("Could not start a new process of %s: %s", self.model.name, error)
                self._closing.wait(_RESTART_SECONDS)

    def _end(self, hosts: list[ModelHost]) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        while any(host.outstanding for host in hosts) and time.monotonic() < deadline:
            time.sleep(_DRAIN_POLL_SECONDS)
        for host in hosts:
            host.close()

    def _remove_folders(self) -> None:
        for folder in (self._folder, self._sockets):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def hosted(
    cloud: Cloud,
    model_name: str,
    *,
    instance_type: str,
    log_group: str,
    log_stream: str,
    arn_of: Callable[[str], str] = str,
    instance_count: int = 1,
    environment: Mapping[str, str] | None = None,
    response_seconds: float = RESPONSE_SECONDS,
) -> Iterator[Fleet]:
    """Host a model of CreateModel within this context. Raises `HostingFailed`."""
    placement = Placement(
        instance_type=instance_type,
        log_group=log_group,
        log_stream=log_stream,
        arn_of=arn_of,
        environment=environment or {},
        response_seconds=response_seconds,
    )
    fleet = Fleet(cloud, model_name, placement, count=instance_count)
    try:
        yield fleet
    finally:
        fleet.close()
