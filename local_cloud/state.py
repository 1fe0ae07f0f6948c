"""The state folder: the server's address and secrets, and the last deployment.

Only its owner may read the folder and these files.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from local_cloud.errors import ForeignFolder
from local_cloud.json_files import read_json, write_json
from local_cloud.server_secrets import ServerSecrets

SERVER_LOG = "server.log"
# Locked while a server of this folder starts, runs, or is started.
LOCK = "lock"
_SERVER = "server.json"
_SECRETS = "secrets.json"
_DEPLOYMENT = "deployment.json"
# The cloud assembly of the last deployment.
ASSEMBLY = "cdk.out"
# The data of the services, which the next server restores.
SAVED = "saved"
_KEPT = (SAVED, _DEPLOYMENT, ASSEMBLY)
# This .gitignore excludes the folder from git. It also marks that the folder may be emptied.
_MARK = ".gitignore"
_MARK_START = "# The state of a laptop cloud: "
_MARK_TEXT = f"{_MARK_START}created by `up`, emptied by `up --fresh`.\n*\n"


@dataclass(frozen=True)
class ServerRecord:
    """The address of a server. The server writes this record when it is ready.

    `started` is the start of its process in seconds since the start of the machine: the system
    reuses process ids.
    """

    pid: int
    started: float
    port: int
    region: str

    @property
    def endpoint(self) -> str:
        """The URL of all services. moto reads template URLs only with the host `localhost`."""
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Deployment:
    """The environment of the last deployment, its stacks in order, and the app's folder."""

    environment: str
    stacks: tuple[str, ...]
    folder: str


def read_server(state: Path) -> ServerRecord | None:
    """Return the record of the server; None without a record that this version can read."""
    try:
        document = read_json(state / _SERVER)
        return None if document is None else ServerRecord(**document)
    except (ValueError, TypeError):
        return None


def write_server(state: Path, record: ServerRecord) -> None:
    """Write the record of the server."""
    write_json(state / _SERVER, asdict(record))


def forget_server(state: Path) -> None:
    """Delete the record and the secrets of the server. No-op if they do not exist."""
    (state / _SERVER).unlink(missing_ok=True)
    (state / _SECRETS).unlink(missing_ok=True)


def read_secrets(state: Path) -> ServerSecrets | None:
    """Return the secrets of the server, or None if no server was started here."""
    document = read_json(state / _SECRETS)
    return None if document is None else ServerSecrets(**document)


def write_secrets(state: Path, secrets: ServerSecrets) -> None:
    """Write the secrets of the server."""
    write_json(state / _SECRETS, asdict(secrets))


def read_deployment(state: Path) -> Deployment | None:
    """Return the last deployment, or None."""
    document = read_json(state / _DEPLOYMENT)
    if document is None:
        return None
    return Deployment(**{**document, "stacks": tuple(document["stacks"])})


def write_deployment(state: Path, deployment: Deployment) -> None:
    """Write the record of the deployment."""
    write_json(state / _DEPLOYMENT, asdict(deployment))


def forget_deployment(state: Path) -> None:
    """Delete the record of the deployment."""
    (state / _DEPLOYMENT).unlink(missing_ok=True)


def create_folder(state: Path) -> None:
    """Create the folder for its owner only. An existing folder is restricted to its owner.

    Raises `ForeignFolder` if the folder has other content, which must not be deleted.
    """
    if state.exists() and _content(state) and not _is_ours(state):
        raise ForeignFolder(
            f"The state folder {state} contains files that the laptop cloud did not create. "
            "Pass an empty or a new folder with --state DIR."
        )
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)
    (state / _MARK).write_text(_MARK_TEXT)


def empty_folder(state: Path, *, fresh: bool) -> None:
    """Delete the files of an earlier server; its saved data and deployment only if `fresh`."""
    for entry in _content(state):
        if entry.name != _MARK and (fresh or entry.name not in _KEPT):
            _remove(entry)


def _content(state: Path) -> list[Path]:
    return [entry for entry in state.iterdir() if entry.name != LOCK]


def _is_ours(state: Path) -> bool:
    mark = state / _MARK
    return mark.is_file() and mark.read_text().startswith(_MARK_START)


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
