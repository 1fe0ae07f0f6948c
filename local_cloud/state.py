"""The state folder: where the server is, and what was deployed to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local_cloud.errors import ForeignFolder

SERVER_LOG = "server.log"
_SERVER = "server.json"
_DEPLOYMENT = "deployment.json"
# It keeps the folder out of git wherever it lies, and marks it as one that may be emptied.
_MARK = ".gitignore"
_MARK_TEXT = "# The state of a laptop cloud: made by `up`, emptied by the next one.\n*\n"


@dataclass(frozen=True)
class ServerRecord:
    """Where a server listens: written by the server itself once it can answer."""

    pid: int
    port: int
    region: str

    @property
    def endpoint(self) -> str:
        """The URL of every service; `localhost`, because moto reads template URLs by that name."""
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Deployment:
    """The environment that was deployed last, its stacks in their order, and the app's folder."""

    environment: str
    stacks: tuple[str, ...]
    folder: str


def read_server(state: Path) -> ServerRecord | None:
    """The server's record, or None when no server was started here."""
    document = _read(state / _SERVER)
    return None if document is None else ServerRecord(**document)


def write_server(state: Path, record: ServerRecord) -> None:
    """Announce the server."""
    _write(state / _SERVER, asdict(record))


def forget_server(state: Path) -> None:
    """Withdraw the announcement; nothing happens when there is none."""
    (state / _SERVER).unlink(missing_ok=True)


def read_deployment(state: Path) -> Deployment | None:
    """What was deployed last, or None."""
    document = _read(state / _DEPLOYMENT)
    if document is None:
        return None
    return Deployment(**{**document, "stacks": tuple(document["stacks"])})


def write_deployment(state: Path, deployment: Deployment) -> None:
    """Remember what was deployed."""
    _write(state / _DEPLOYMENT, asdict(deployment))


def forget_deployment(state: Path) -> None:
    """Nothing is deployed any more."""
    (state / _DEPLOYMENT).unlink(missing_ok=True)


def prepare(state: Path) -> None:
    """Make the folder, or empty what an ended server left there.

    Raises `ForeignFolder` for a folder with other content: it is not ours to empty.
    """
    if state.exists() and any(state.iterdir()) and not _is_ours(state):
        raise ForeignFolder(
            f"The state folder {state} holds files that the laptop cloud did not make. "
            "Give an empty or a new folder with --state DIR."
        )
    state.mkdir(parents=True, exist_ok=True)
    for entry in state.iterdir():
        _remove(entry)
    (state / _MARK).write_text(_MARK_TEXT)


def _is_ours(state: Path) -> bool:
    mark = state / _MARK
    return mark.is_file() and mark.read_text() == _MARK_TEXT


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    # A reader must never see half a file.
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(document, indent=2) + "\n")
    draft.replace(path)
