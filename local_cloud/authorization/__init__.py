"""IAM on the laptop: what a deployed role does not allow is denied."""

from __future__ import annotations

from moto.core.authorization import ActionAuthenticatorMixin

from local_cloud.authorization.check import authorize
from local_cloud.authorization.roles import RoleNotAssumable, check_trust

__all__ = ["RoleNotAssumable", "check_trust", "install"]


def install() -> None:
    """Put the check where moto has its own, which is off and knows few resources."""
    ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize
