"""Finds the network from which a request with foreign credentials, or without any, comes.

A process of a container has the session of the job or the model in its environment, and so have its
parents. The access key of the session identifies the network.
"""

from __future__ import annotations

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.client_process import client_process
from local_cloud.network.session_networks import Network, network_of


def network_of_process(port: int) -> Network | None:
    """Return the network of the container whose process has opened a connection from this port.

    Return None for other processes, and where the system does not show connections.
    """
    try:
        process = client_process(port)
        family = [] if process is None else [process, *process.parents()]
    except psutil.Error:
        return None
    return next((found for each in family if (found := _network_of(each)) is not None), None)


def _network_of(process: psutil.Process) -> Network | None:
    try:
        return network_of(process.environ().get("AWS_ACCESS_KEY_ID", ""))
    except psutil.Error:  # it has ended, or is of another user
        return None
