"""Configures this process without an AWS account, so that the SDK sends no requests."""

import os
from collections.abc import MutableMapping

ENDPOINT = "http://localhost:1"
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "offline",
    "AWS_SECRET_ACCESS_KEY": "offline",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    # If the SDK still sends a request, the request fails immediately.
    "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_MAX_ATTEMPTS": "1",
    "SAGEMAKER_VALIDATE_ROLE": "false",
}


def go_offline(environment: MutableMapping[str, str] = os.environ) -> None:
    """Replace every AWS setting of `environment`, so that the user's settings have no effect.

    Call it before the import of the SDK, because the import creates clients.
    """
    for name in [name for name in environment if name.startswith(("AWS_", "SAGEMAKER_"))]:
        del environment[name]
    environment.update(_SETTINGS)
