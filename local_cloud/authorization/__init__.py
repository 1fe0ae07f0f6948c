"""IAM of the laptop cloud: denies calls that the policies do not allow, and records all calls."""

from __future__ import annotations

from moto.core.config import default_user_config
from moto.iam.models import iam_backends
from moto.s3.models import FakeBucket

from local_cloud.authorization.bucket_permissions import bucket_permission
from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.simulation.iam_backend import LaptopIAMBackend
from local_cloud.authorization.trust_policies import RoleNotAssumable, check_trust
from local_cloud.network import assumed_sessions

__all__ = ["RoleNotAssumable", "check_trust", "install"]


def install() -> None:
    """Prepare moto for the permission check that `faults.admission` runs for each request."""
    # `cdk bootstrap` creates roles with AWS managed policies, so moto must load these policies.
    iam_backends.backend = LaptopIAMBackend
    assumed_sessions.install()
    default_user_config["iam"]["load_aws_managed_policies"] = True
    FakeBucket.get_permission = bucket_permission
    CALL_RECORD.clear()
