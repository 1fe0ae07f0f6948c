"""Sessions of roles that a job assumes: their requests come from the network of the job."""

from __future__ import annotations

from typing import Any

from moto.sts.models import STSBackend

from local_cloud.authentication.caller import caller_signature
from local_cloud.network.session_networks import inherit_network

_CREATE_SESSION = STSBackend.assume_role


def install() -> None:
    """Replace the method of moto's STS that creates sessions."""
    STSBackend.assume_role = _assume_role


def _assume_role(backend: STSBackend, *args: Any, **named: Any) -> Any:
    assumed = _CREATE_SESSION(backend, *args, **named)
    signature = caller_signature()
    if signature is not None:
        inherit_network(assumed.access_key_id, of=signature.access_key)
    return assumed
