"""The secrets of one server: the administrator's access key, and the token of the commands."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ServerSecrets:
    """Random secrets, which are valid only for the server that they were created for.

    `control_token` authenticates the `laptop` commands to the paths that belong to no AWS service.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    control_token: str = field(repr=False)


def create_secrets() -> ServerSecrets:
    """Return new secrets. The access key has the format of AWS: AKIA and 16 characters."""
    return ServerSecrets(
        access_key_id="AKIA" + base64.b32encode(secrets.token_bytes(10)).decode(),
        secret_access_key=secrets.token_urlsafe(30),
        control_token=secrets.token_urlsafe(30),
    )
