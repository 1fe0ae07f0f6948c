"""Checks that SageMaker can assume a role."""

from __future__ import annotations

from moto.core.exceptions import ServiceException

from local_cloud.authorization import RoleNotAssumable, check_trust
from local_cloud.sagemaker.exceptions import ValidationFailed

PRINCIPAL = "sagemaker.amazonaws.com"


def check_role(role_arn: str, *, source_arn: str) -> None:
    """Raise the service's `ValidationException` if SageMaker cannot assume the role.

    `source_arn` is the pipeline, job or model that uses the role.
    """
    try:
        check_trust(role_arn, PRINCIPAL, source_arn=source_arn)
    except (RoleNotAssumable, ServiceException) as error:
        raise ValidationFailed(
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
            f"principal '{PRINCIPAL}' to assume the role. ({error})"
        ) from error
