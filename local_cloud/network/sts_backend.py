"""Sessions of roles that a job assumes: their requests come from the network of the job."""

from __future__ import annotations

from typing import Any

from moto.sts.models import STSBackend

from local_cloud.authentication.caller import caller_signature
from local_cloud.network.session_networks import inherit_network


class LaptopSTSBackend(STSBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's STS, whose sessions keep the network of the caller."""

    def assume_role(self, *args: Any, **named: Any) -> Any:
        """Create the session of AssumeRole."""
        assumed = super().assume_role(*args, **named)
        signature = caller_signature()
        if signature is not None:
            inherit_network(assumed.access_key_id, of=signature.access_key)
        return assumed
