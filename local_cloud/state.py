"""The state folder: the server's address and secrets, and the last deployment.

Only its owner may read the folder and these files.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

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
_DRAFT = ".gitignore.draft-"
_MARK_START = "# The state of a laptop cloud: "
_MARK_TEXT = f"{_MARK_START}created by `up`, emptied by `up --fresh`.\n*\n"

Record = TypeVar("Record", "ServerRecord", ServerSecrets, "Deployment")


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
    return _read(state / _SERVER, ServerRecord)


def write_server(state: Path, record: ServerRecord) -> None:
    """Write the record of the server."""
    write_json(state / _SERVER, asdict(record))


def forget_server(state: Path) -> None:
    """Delete the record and the secrets of the server. No-op if they do not exist."""
    for name in (_SERVER, _SECRETS):
        with suppress(NotADirectoryError):
            (state / name).unlink(missing_ok=True)


def read_secrets(state: Path) -> ServerSecrets | None:
    """Return the secrets of the server; None without secrets that this version can read."""
    return _read(state / _SECRETS, ServerSecrets)


def write_secrets(state: Path, secrets: ServerSecrets) -> None:
    """Write the secrets of the server."""
    write_json(state / _SECRETS, asdict(secrets))


def read_deployment(state: Path) -> Deployment | None:
    """Return the last deployment; None without a record that this version can read."""
    found = _read(state / _DEPLOYMENT, Deployment)
    return None if found is None else replace(found, stacks=tuple(found.stacks))


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
    if state.exists() and not (state.is_dir() and (not _content(state) or _is_ours(state))):
        raise ForeignFolder(
            f"The state folder {state} is a file, or contains files that the laptop cloud did not "
            "create. Pass an empty or a new folder with --state DIR."
        )
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)
    # Another command that starts now must never see the file without its text.
    descriptor, draft = tempfile.mkstemp(prefix=_DRAFT, dir=state)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_MARK_TEXT)
    Path(draft).replace(state / _MARK)


def empty_folder(state: Path, *, fresh: bool) -> None:
    """Delete the files of an earlier server; its saved data and deployment only if `fresh`."""
    for entry in _content(state):
        if entry.name != _MARK and (fresh or entry.name not in _KEPT):
            _remove(entry)


def _content(state: Path) -> list[Path]:
    return [
        entry
        for entry in state.iterdir()
        if entry.name != LOCK and not entry.name.startswith(_DRAFT)
    ]


def _is_ours(state: Path) -> bool:
    mark = state / _MARK
    if not mark.is_file():
        return False
    return mark.read_text(encoding="utf-8", errors="replace").startswith(_MARK_START)


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _read(path: Path, record: type[Record]) -> Record | None:
    """Return the record in a file; None if the file is missing, incomplete or of another version.

    Raises OSError if the file cannot be read, such as one of another user.
    """
    try:
        document = read_json(path)
    except (NotADirectoryError, RecursionError, ValueError):
        return None
    known = get_type_hints(record)
    if not isinstance(document, dict) or document.keys() != known.keys():
        return None
    if not all(_is_of(document[name], kind) for name, kind in known.items()):
        return None
    return record(**document)


def _is_of(value: Any, kind: Any) -> bool:
    """Return whether a value of JSON has the type of a field: text, a number or a list of texts."""
    if get_origin(kind) is tuple:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, (int, float) if kind is float else kind)
