"""Reads the login of a database from its secret, and connects."""

from __future__ import annotations

import importlib
import json
import socket
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.databases.connector import Login
from pipeline_code.runtime.databases.declared import DeclaredDatabase
from pipeline_code.runtime.job_errors import JobError, SettingError

_SECONDS = 10
_SETTINGS = "stacks/environments.py"


def loaded_driver(database: DeclaredDatabase) -> ModuleType:
    """Import the driver, which the wheels of the pipeline contain. Raises SettingError."""
    connector = database.connector
    try:
        return importlib.import_module(connector.module)
    except ImportError as error:
        raise SettingError(
            f"the job has no package {connector.package} ({error}): add it to requirements.txt of "
            "the pipeline, and run make wheels"
        ) from error


def read_login(database: DeclaredDatabase, secrets: Any) -> Login:
    """Return the login. `secrets` is a client of Secrets Manager.

    Raises JobError, which names the secret but shows nothing of its content.
    """
    content = _content(database, secrets)
    # Not a null, which would be the text None.
    texts = {key: str(value) for key, value in content.items() if type(value) in (str, int)}
    given = {key: text for key, text in texts.items() if text}
    choices = database.connector.secrets
    if not any(given.keys() >= {*keys} for keys in choices):
        needed = " or ".join(" and ".join(keys) for keys in choices)
        raise SettingError(
            f"the secret {database.secret} has the keys {', '.join(sorted(content)) or 'none'}: "
            f"{database.connector.title} needs {needed}, each a text that is not empty; set them "
            "with aws secretsmanager put-secret-value"
        )
    return Login(host=database.host, port=database.port, settings=database.settings, secret=given)


def _content(database: DeclaredDatabase, secrets: Any) -> dict[str, Any]:
    try:
        # A secret of bytes has no text.
        text = secrets.get_secret_value(SecretId=database.secret).get("SecretString", "")
    except ClientError as error:
        raise JobError(
            f"the secret {database.secret} of the database {database.name} cannot be read: "
            f"{error}; create it, or correct secret and key_id of the database in {_SETTINGS}"
        ) from error
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise SettingError(
            f"the secret {database.secret} is not a JSON object, such as "
            '{"username": "…", "password": "…"}: set it with aws secretsmanager put-secret-value'
        )
    return content


def connect(database: DeclaredDatabase, driver: Any, login: Login) -> Any:
    """Return a connection. Raises JobError: no route, or the database refuses the login."""
    try:
        # The drivers describe a missing route in different ways, or retry for minutes.
        socket.create_connection((database.host, database.port), timeout=_SECONDS).close()
    except OSError as error:
        raise JobError(
            f"{database.place} cannot be reached: {error}; compare host, port and addresses or "
            f"security_group_id of the database in {_SETTINGS} with its address, and let its "
            "firewall or security group admit the security group of the jobs"
        ) from error
    try:
        return database.connector.connect(driver, login)
    except driver.Error as error:
        raise JobError(
            f"{database.place} refused the login: {one_line(error)}; compare the secret "
            f"{database.secret} and the settings of the database in {_SETTINGS} with its users"
        ) from error


def one_line(error: Exception) -> str:
    """Return the message of a driver, which may have several lines."""
    return " ".join(str(error).split())[:500] or type(error).__name__
