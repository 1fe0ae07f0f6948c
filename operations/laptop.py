"""The laptop cloud of a state folder: its address, its credentials and its last deployment.

The files of the folder are the contract between the laptop cloud and this client
(docs/operations.md). This package does not import the laptop cloud.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations import OperationError

DEFAULT_STATE = Path(".local_cloud")
_SERVER, _SECRETS, _DEPLOYMENT = "server.json", "secrets.json", "deployment.json"


@dataclass(frozen=True)
class LaptopCloud:
    """A running laptop cloud, and the environment that was last deployed to it."""

    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str
    environment: str | None

    def variables(self) -> dict[str, str]:
        """Return the variables with which an AWS SDK calls this laptop cloud, as administrator."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            # No profile, no proxy and no invalid file of the shell.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
        }

    def use(self) -> None:
        """Let the AWS clients and child processes of this process call this laptop cloud."""
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(self.variables())


def find_laptop(state: Path) -> LaptopCloud:
    """Return the laptop cloud whose records are in the state folder.

    Raises:
        OperationError: no laptop cloud is running with this folder.
    """
    server, secrets = _record(state / _SERVER), _record(state / _SECRETS)
    deployment = _record(state / _DEPLOYMENT)
    try:
        if not _lives(server["pid"]):
            raise KeyError("pid")
        return LaptopCloud(
            endpoint=f"http://localhost:{server['port']}",
            region=server["region"],
            access_key_id=secrets["access_key_id"],
            secret_access_key=secrets["secret_access_key"],
            environment=deployment.get("environment"),
        )
    except (KeyError, TypeError) as error:
        raise OperationError(
            f"No laptop cloud is running with the state folder {state}. "
            "Start one with `python -m local_cloud up`."
        ) from error


def _lives(pid: int) -> bool:
    """Return whether a process has this id. A killed server leaves its records."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _record(path: Path) -> Mapping[str, Any]:
    """Return a record; empty without a record that this version can read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
