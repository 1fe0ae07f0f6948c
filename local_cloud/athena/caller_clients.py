"""Clients with the credentials of the caller, with which Athena reads tables and writes results.

Source: Athena User Guide, "Control access to Amazon S3 from Athena": Athena uses the permissions of
the identity that runs the query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_cloud.authentication.caller import caller_signature
from local_cloud.authorization.iam_roles import session_secret
from local_cloud.context import Cloud

Clients = Callable[[str], Any]


def clients_of_caller(cloud: Cloud) -> Clients:
    """Return a function that creates clients of a service for the caller of this request."""
    signature = caller_signature()
    if signature is None or signature.token is None:
        return cloud.client
    variables = {
        "AWS_ACCESS_KEY_ID": signature.access_key,
        "AWS_SECRET_ACCESS_KEY": str(session_secret(signature.access_key, signature.token)),
        "AWS_SESSION_TOKEN": signature.token,
    }
    return lambda service: cloud.client_with(variables, service)
