"""Makes a server in the process of the tests known to the commands."""

from __future__ import annotations

import os

from local_cloud.context import Cloud
from local_cloud.server_process import start_of_this_process
from local_cloud.state import ServerRecord, write_secrets, write_server


def record_server(cloud: Cloud) -> None:
    """Write the record and the secrets of the server to its state folder."""
    port = int(cloud.endpoint.rpartition(":")[2])
    write_secrets(cloud.state, cloud.secrets)
    write_server(
        cloud.state, ServerRecord(os.getpid(), start_of_this_process(), port, cloud.region)
    )
