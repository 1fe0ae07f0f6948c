"""Creates the secret of a database that exists outside of the laptop cloud.

The laptop cloud does not know the login, so the secret is an empty object until its owner sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import moto.secretsmanager.utils

from local_cloud.resources.existing_network import next_id

Properties = Mapping[str, Any]
# Service name -> client with the credentials of the administrator.
Clients = Callable[[str], Any]


def _secret(clients: Clients, identifier: str, properties: Properties) -> bool:
    return create_secret(clients, identifier, "{}", key=properties["KmsKeyId"])


def create_secret(clients: Clients, identifier: str, text: str, *, key: str) -> bool:
    """Create a secret, unless it exists, and return whether it was created.

    `identifier` is the end of its ARN: a name, a hyphen and six characters.
    """
    secrets = clients("secretsmanager")
    name, _, suffix = identifier.rpartition("-")
    try:
        secrets.describe_secret(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException:
        with next_id(moto.secretsmanager.utils, "generate_str_id", suffix):
            secrets.create_secret(
                Name=name, SecretString=text, **({"KmsKeyId": key} if key else {})
            )
        return True
    return False


CREATORS: Mapping[str, Callable[[Clients, str, Properties], bool]] = {"Database::Secret": _secret}
