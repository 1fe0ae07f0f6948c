"""Connects the hosts of a training job, so that XGBoost trains one model on the rows of all hosts.

The sequence is that of the built-in algorithm in the same image: the first host starts a tracker,
and every host joins it. Source: src/sagemaker_xgboost_container/distributed.py of
https://github.com/aws/sagemaker-xgboost-container (commit cb8df91).
"""

import socket
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import JobError

T = TypeVar("T")

# The port of the tracker in the built-in algorithm.
PORT = 9099
# The longest time between the first and the last host that has read its rows.
JOIN_SECONDS = 900
# The longest time that a host waits for another one within a round.
SILENT_SECONDS = 600
RETRY_SECONDS = 0.5
# The folder of XGBoost's sources that each error of a lost connection names.
_COLLECTIVE = "/collective/"


class HostError(JobError):
    """Another host of the training is not there any more, or never was."""


@contextmanager
def training_group(container: Container) -> Iterator[None]:
    """Connect this host with the other hosts of the job; no-op in a job with one host.

    Raises HostError if a host did not join in time, ended, or does not answer.
    """
    if len(container.hosts) == 1:
        yield
        return
    with _tracker(container), _joined(container), _explained(container):
        yield


def total(numbers: Sequence[float]) -> list[float]:
    """Return the sums of the numbers of all hosts."""
    import numpy as np
    from xgboost import collective

    sums = collective.allreduce(np.array(numbers, dtype=np.float64), collective.Op.SUM)
    return [float(each) for each in sums]


def of_first_host(value: T) -> T:
    """Return the value of the first host, on every host."""
    from xgboost import collective

    shared: T = collective.broadcast((value,), 0)[0]
    return shared


@contextmanager
def _tracker(container: Container) -> Iterator[None]:
    """Run the tracker on the first host until all hosts have left."""
    if not container.is_first_host:
        yield
        return
    from xgboost.core import XGBoostError
    from xgboost.tracker import RabitTracker

    tracker = RabitTracker(
        n_workers=len(container.hosts),
        host_ip=_address(container.host),
        port=PORT,
        sortby="task",
        timeout=JOIN_SECONDS,
    )
    tracker.start()
    try:
        yield
        tracker.wait_for(timeout=SILENT_SECONDS)
    finally:
        # After an error, a tracker that still waits for other hosts reports that, too.
        with suppress(XGBoostError):
            tracker.free()


@contextmanager
def _joined(container: Container) -> Iterator[None]:
    from xgboost import collective
    from xgboost.core import XGBoostError

    arguments: dict[str, Any] = {
        "dmlc_tracker_uri": _address(container.hosts[0]),
        "dmlc_tracker_port": PORT,
        # The rank of a host is its position in `hosts`.
        "dmlc_task_id": f"{container.hosts.index(container.host):05}",
        "dmlc_timeout": SILENT_SECONDS,
        "dmlc_retry": 1,
    }
    context = collective.CommunicatorContext(**arguments)
    with warnings.catch_warnings():
        # One warning for each attempt before the first host has started its tracker.
        warnings.simplefilter("ignore")
        _retried(
            context.__enter__, XGBoostError, f"{container.host} cannot join {container.hosts[0]}"
        )
    try:
        yield
    finally:
        # The other hosts may have ended.
        with suppress(XGBoostError):
            context.__exit__(None, None, None)


@contextmanager
def _explained(container: Container) -> Iterator[None]:
    """Convert XGBoost's error of a lost connection to a HostError."""
    from xgboost.core import XGBoostError

    try:
        yield
    except XGBoostError as error:
        if _COLLECTIVE not in str(error):
            raise
        raise HostError(
            f"{container.host} lost the connection to another of the {len(container.hosts)} hosts, "
            f"which ended or did not answer for {SILENT_SECONDS} s: see the log of the host that "
            "ended first, and start the job again"
        ) from error


def _address(host: str) -> str:
    return _retried(lambda: socket.gethostbyname(host), OSError, f"the host {host} has no address")


def _retried(call: Callable[[], T], error: type[Exception], what: str) -> T:
    """Call until it succeeds. Raises HostError after JOIN_SECONDS."""
    deadline = time.monotonic() + JOIN_SECONDS
    while True:
        try:
            return call()
        except error as err:
            if time.monotonic() >= deadline:
                raise HostError(
                    f"{what} after {JOIN_SECONDS} s: see the logs of all hosts, and start the job "
                    "again"
                ) from err
        time.sleep(RETRY_SECONDS)
