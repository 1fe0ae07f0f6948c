"""Training over several hosts, as the algorithm does it.

Source: src/sagemaker_xgboost_container/distributed.py of
https://github.com/aws/sagemaker-xgboost-container (commit cb8df91). The hosts first tell each other
which of them have data. Those without data end, and the others train.
"""

from __future__ import annotations

import socket
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from .algorithm_error import UserError

_PORT = 9099
_JOIN_SECONDS = 900
# 30 in the algorithm; here the hosts share the cores of one machine.
_SILENT_SECONDS = 300
_RETRY_SECONDS = 0.5


def hosts_with_data(hosts: Sequence[str], current: str, *, has_data: bool) -> list[str]:
    """Return the hosts of the job that have data. Raises UserError if no host has data."""
    if len(hosts) == 1:
        return list(hosts)
    import numpy as np
    from xgboost import collective

    with connected(hosts, current, port=_PORT):
        own = np.array([has_data and host == current for host in hosts], dtype=np.float64)
        found = collective.allreduce(own, collective.Op.SUM)
    named = [host for host, count in zip(hosts, found, strict=True) if count]
    if not named:
        raise UserError("No hosts received training data.")
    return named


@contextmanager
def connected(hosts: Sequence[str], current: str, *, port: int = _PORT + 1) -> Iterator[None]:
    """Connect this host with the others. The tracker runs on the first one."""
    if len(hosts) == 1:
        yield
        return
    from xgboost import collective
    from xgboost.core import XGBoostError
    from xgboost.tracker import RabitTracker

    address = socket.gethostbyname(hosts[0])
    tracker = None
    if current == hosts[0]:
        tracker = RabitTracker(n_workers=len(hosts), host_ip=address, port=port, sortby="task")
        tracker.start()
    context = collective.CommunicatorContext(
        dmlc_tracker_uri=address,
        dmlc_tracker_port=port,
        dmlc_task_id=f"{hosts.index(current):05}",
        dmlc_timeout=_SILENT_SECONDS,
        dmlc_retry=1,
    )
    _join(context)
    try:
        yield
    finally:
        # After an error, the other hosts may have ended.
        with suppress(XGBoostError):
            context.__exit__(None, None, None)
        if tracker is not None:
            with suppress(XGBoostError, ValueError):
                tracker.wait_for(timeout=5)
            with suppress(XGBoostError):
                tracker.free()


def _join(context: Any) -> None:
    """Join the tracker of the first host, which may start later than this host."""
    from xgboost.core import XGBoostError

    deadline = time.monotonic() + _JOIN_SECONDS
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                context.__enter__()
            return
        except XGBoostError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_RETRY_SECONDS)
