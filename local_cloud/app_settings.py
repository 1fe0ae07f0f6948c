"""The settings of an app: the table [tool.laptop] in the pyproject.toml next to cdk.json."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from local_cloud.child_environment import app_variables
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.state import read_deployment

_FILE = "pyproject.toml"
_TABLE = "tool.laptop"
_ENVIRONMENT = "{environment}"


class InvalidSettings(LocalCloudError):
    """The table has an invalid key or value."""


@dataclass(frozen=True)
class AppSettings:
    """The settings of an app.

    `environment_context` is the context key that `deploy ENV` sets to ENV. `account_context`, if
    it is set, is the context key that `deploy` sets to the laptop's account. `load` and `left` are
    commands of the app. They run in the app's folder with the endpoint and credentials of this
    cloud; `{environment}` is replaced by the deployed environment. `load` loads data into the
    deployed app; `follow` shows an execution, whose ARN is its last argument, until it ends, and
    exits with 1 if the execution failed; `left` lists the remaining resources of a destroyed
    environment; `orphans` lists and deletes the stacks that the app no longer contains
    (`deployment/orphaned_stacks.py`); `delivery` synthesises the app with the pipeline that
    `deliver` runs.
    (`deployment/orphaned_stacks.py`); `protection` sets and checks the protection of deployed
    stacks (`deployment/stack_protection.py`); `board` shows the environment in a browser, and the
    page at the address of the server names it (`start_page.py`).
    """

    environment_context: str = "env"
    account_context: str = ""
    load: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    protection: tuple[str, ...] = ()
    board: tuple[str, ...] = ()


def read_settings(folder: Path) -> AppSettings:
    """Return the settings of the app in a folder, or the defaults. Raises `InvalidSettings`."""
    path = folder / _FILE
    document = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    table = dict(document.get("tool", {}).get("laptop", {}))
    _check(table)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return AppSettings(**values)


def deployed_settings(cloud: Cloud) -> AppSettings:
    """Return the settings of the last deployed app, or the defaults."""
    deployment = read_deployment(cloud.state)
    return AppSettings() if deployment is None else read_settings(Path(deployment.folder))


def with_environment(command: tuple[str, ...], environment: str) -> list[str]:
    """Return the words of a command, with the name of the environment."""
    return [word.replace(_ENVIRONMENT, environment) for word in command]


def run_app_command(
    cloud: Cloud, command: tuple[str, ...], environment: str, *more: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command of the settings; `options` are those of `subprocess.run`."""
    return subprocess.run(
        [*with_environment(command, environment), *more],
        env=app_variables(cloud),
        encoding="utf-8",
        errors="replace",
        check=False,
        **options,
    )


def _check(table: Mapping[str, Any]) -> None:
    known = {each.name: each for each in fields(AppSettings)}
    for key, value in table.items():
        if key not in known:
            allowed = ", ".join(known)
            raise InvalidSettings(
                f"[{_TABLE}] of {_FILE} has the unknown key {key!r}; known are {allowed}"
            )
        is_list = known[key].type.startswith("tuple")
        words = value if is_list and isinstance(value, list) else [value]
        if isinstance(value, list) != is_list or not all(isinstance(w, str) for w in words):
            expected = 'a list of words like ["make", "load"]' if is_list else "a text"
            raise InvalidSettings(
                f"{key} in [{_TABLE}] of {_FILE} is {value!r}: it must be {expected}"
            )
