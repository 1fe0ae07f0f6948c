"""Jobs that run user code: download the inputs, run one process per host, upload the outputs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.sagemaker.exceptions import JobFailed, JobStopped
from local_cloud.sagemaker.jobs.container_task import ContainerTask
from local_cloud.sagemaker.jobs.foreign_wheels import replace_foreign_wheels
from local_cloud.sagemaker.jobs.host_faults import INTERRUPT, has_full_disk
from local_cloud.sagemaker.jobs.host_network import HostNetwork
from local_cloud.sagemaker.jobs.instance_types import GIBIBYTE, MEMORY_BYTES
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.jobs.job_hosts import (
    Host,
    HostExited,
    Limits,
    OutOfWaitTime,
    RunningHost,
    SpotInterruption,
    watch,
)
from local_cloud.sagemaker.jobs.job_notes import notes_of
from local_cloud.sagemaker.jobs.log_stream import LogStream
from local_cloud.sagemaker.jobs.process_isolation import launch

_KILLED = 128 + 9
# The price of spot instances as a part of the price of on-demand instances. It varies on AWS.
_SPOT_PRICE = 0.3
_NO_MESSAGE = "See job logs for more information"


class ContainerJob(Job):
    """A processing or training job. It deletes its `folder` when it completes."""

    task: ContainerTask

    def __init__(
        self, task: ContainerTask, *, folder: Path, on_change: Callable[[Job], None]
    ) -> None:
        super().__init__(task, on_change=on_change)
        self._folder = folder

    def _run_task(self) -> None:
        self.task.provision()
        hosts = self._completed_hosts()
        messages = [message for host in hosts if (message := self.task.message(host))]
        self._history.exit_message = messages[0] if messages else None
        self._history.enter("Uploading", "Uploading outputs")
        self.task.deliver(hosts)
        shutil.rmtree(self._folder)

    def _completed_hosts(self) -> list[Host]:
        """Run the container to its end. Spot instances are replaced when they are interrupted.

        The phases are those of
        https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training-status.html.
        """
        if self.task.max_wait_seconds is not None:
            self._history.billable_share = _SPOT_PRICE
        while True:
            hosts = self._prepared_hosts()
            try:
                self._run_to_end(hosts)
                return hosts
            except SpotInterruption:
                self._history.enter("Interrupted", "The spot instances were interrupted")
                shutil.rmtree(self._folder)
                self._check_wait_time()
                self._history.enter("Starting", "Starting the job on other instances")

    def _prepared_hosts(self) -> list[Host]:
        hosts = self._make_hosts()
        stream = self._stream(hosts[0])
        self.task.install(lambda line: stream.write([f"laptop cloud: {line}"]))
        self._history.enter("Downloading", "Downloading input data")
        self.task.fetch(hosts)
        for host in hosts:
            replace_foreign_wheels(host.folder, self.task.cloud.state / "wheels")
        self._history.start_clock()
        self._history.enter("Training", "The container is running")
        return hosts

    def _check_wait_time(self) -> None:
        longest = self.task.max_wait_seconds or 0
        if (datetime.now(UTC) - self._history.created).total_seconds() > longest:
            raise OutOfWaitTime(f"The job and its waits took longer than {longest} s.")

    def _make_hosts(self) -> list[Host]:
        names = [f"algo-{number}" for number in range(1, self.task.instance_count + 1)]
        hosts = [Host(name, index, self._folder / name / "ml") for index, name in enumerate(names)]
        for host in hosts:
            for folder in (host.folder, host.mount_point, host.current, host.scratch):
                folder.mkdir(parents=True)
            self.task.configure(host, names)
        return hosts

    def _run_to_end(self, hosts: list[Host]) -> None:
        try:
            self._execute(hosts)
        except HostExited as error:
            self.task.copy_changes(hosts)
            raise JobFailed(self._reason(error)) from error

    def _execute(self, hosts: list[Host]) -> None:
        limits = self._limits()
        limits.check()
        try:
            with ExitStack() as ending:
                peers = self._connect(hosts, ending)
                running = [
                    ending.enter_context(closing(self._launch(host, peers))) for host in hosts
                ]
                watch(running, limits, meanwhile=lambda: self.task.copy_changes(hosts))
        except JobStopped:
            self.task.deliver_stopped(hosts)
            raise

    def _connect(self, hosts: list[Host], ending: ExitStack) -> HostNetwork | None:
        """Return the network of the hosts; None if they do not reach each other."""
        if len(hosts) == 1 or not self.task.connects_hosts:
            return None
        names = [host.name for host in hosts]
        network = HostNetwork(
            self._folder, names, job_name=self.task.name, isolated=not self.task.has_network
        )
        return ending.enter_context(closing(network))

    def _launch(self, host: Host, peers: HostNetwork | None) -> RunningHost:
        fault = self.task.fault_of(host.name)
        if fault and fault.kind == INTERRUPT and self.task.max_wait_seconds is None:
            fault = None  # Only spot instances are interrupted.
        prepared = launch(
            command=self.task.command(),
            environment=self.task.environment(host.scratch),
            folder=host.folder,
            mount_point=host.mount_point,
            network=self.task.has_network,
            full_disk=has_full_disk(fault),
            peers=peers,
        )
        stream = self._stream(host)
        if host.index == 0:
            stream.write([f"laptop cloud: {note}" for note in notes_of(self.task.request)])
        return RunningHost(host, prepared, stream.copy, fault=fault)

    def _stream(self, host: Host) -> LogStream:
        return LogStream(
            # The service sends the logs: a VPC needs no endpoint for them.
            self.task.session.outside.client("logs"),
            group=self.task.kind.log_group,
            name=f"{self.task.name}/{host.name}-{int(self._history.created.timestamp())}",
            observe=self.task.observe,
        )

    def _limits(self) -> Limits:
        return Limits(
            instance_type=self.task.instance_type,
            memory_bytes=MEMORY_BYTES[self.task.instance_type],
            deadline=time.monotonic() + self.task.max_runtime_seconds,
            max_runtime_seconds=self.task.max_runtime_seconds,
            stop=self._stop,
        )

    def _reason(self, error: HostExited) -> str:
        message = self.task.message(error.host)
        self._history.exit_message = message or None
        reason = f"AlgorithmError: {message or _NO_MESSAGE}, exit code: {error.code}"
        if error.code != _KILLED:
            return reason
        gibibytes = MEMORY_BYTES[self.task.instance_type] / GIBIBYTE
        return (
            f"{reason}. The process was killed, probably because memory ran out: "
            f"{self.task.instance_type} has {gibibytes:.0f} GiB."
        )
