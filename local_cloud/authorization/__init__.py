"""IAM on the laptop: what deployed policies do not allow is denied; what is done is recorded."""

from __future__ import annotations

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.config import default_user_config
from moto.s3.models import FakeBucket

from local_cloud.authorization.buckets import bucket_permission
from local_cloud.authorization.check import authorize
from local_cloud.authorization.record import RECORD
from local_cloud.authorization.trust import RoleNotAssumable, check_trust

__all__ = ["RoleNotAssumable", "check_trust", "install"]


def install() -> None:
    """Put the check where moto has its own, which is off and knows few resources."""
    # Roles may name AWS's own policies, `cdk bootstrap` makes such ones.
    default_user_config["iam"]["load_aws_managed_policies"] = True
    ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize
    FakeBucket.get_permission = bucket_permission
    RECORD.clear()
