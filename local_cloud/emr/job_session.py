"""The roles of jobs: checks that the service can assume them, and their sessions."""

from __future__ import annotations

from local_cloud.authorization import RoleNotAssumable, check_trust
from local_cloud.context import Cloud
from local_cloud.emr.spark_command import ProgramRefused
from local_cloud.sagemaker.role_session import RoleSession


def job_session(cloud: Cloud, role_arn: str, *, service: str, source_arn: str) -> RoleSession:
    """Return the session of a role for a job. Raises ProgramRefused if `service` cannot assume it.

    `source_arn` is the cluster or the application.
    """
    try:
        check_trust(role_arn, service, source_arn=source_arn)
    except RoleNotAssumable as error:
        raise ProgramRefused(str(error)) from error
    return RoleSession(cloud, role_arn, name=source_arn.rpartition("/")[2])
