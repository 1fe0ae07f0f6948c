"""IAM on the laptop: what deployed policies do not allow is denied; what is done is recorded."""

from __future__ import annotations

from moto.core.config import default_user_config
from moto.s3.models import FakeBucket

from local_cloud.authorization.bucket_permissions import bucket_permission
from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.trust_policies import RoleNotAssumable, check_trust

__all__ = ["RoleNotAssumable", "check_trust", "install"]


def install() -> None:
    """Give moto what the check needs; the check itself is done by `faults.admission`."""
    # Roles may name AWS's own policies, `cdk bootstrap` makes such ones.
    default_user_config["iam"]["load_aws_managed_policies"] = True
    FakeBucket.get_permission = bucket_permission
    CALL_RECORD.clear()
