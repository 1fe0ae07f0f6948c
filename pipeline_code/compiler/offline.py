"""Configures this process as if it had no AWS account, so that the SDK sends no requests."""

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
    # A call that is made nevertheless fails immediately.
    "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_MAX_ATTEMPTS": "1",
    "SAGEMAKER_VALIDATE_ROLE": "false",
}


def go_offline(environment: MutableMapping[str, str] = os.environ) -> None:
    """Replace every AWS setting of `environment`; the SDK creates clients when it is imported.

    So the result of a compilation does not depend on the user's profile or region.
    """
    for name in [name for name in environment if name.startswith(("AWS_", "SAGEMAKER_"))]:
        del environment[name]
    environment.update(_SETTINGS)
