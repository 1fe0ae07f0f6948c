"""Assumes the roles with which versions are promoted (stacks/pipeline/promotion_role.py)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients


def with_promotion_role(aws: EnvironmentClients, pipeline: str) -> EnvironmentClients:
    """Return the environment with clients that have the promotion role of the pipeline.

    They keep this role, whichever cloud the process calls later.

    Raises:
        OperationError: the role cannot be assumed.
    """
    sts = aws.clients("sts")
    arn = f"arn:aws:iam::{_account(aws)}:role/{aws.prefix}{pipeline}-promotion"
    try:
        assumed = sts.assume_role(RoleArn=arn, RoleSessionName="promote")["Credentials"]
    except ClientError as error:
        raise OperationError(
            f"{arn} cannot be assumed: {error.response['Error']['Message']}. Set promotion of "
            f"{pipeline} in {aws.name} with the ARN of your role as promoter, and deploy {aws.name}"
        ) from error
    session: Any = boto3.Session(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        region_name=aws.region,
    )
    endpoint = sts.meta.endpoint_url if aws.is_laptop else None
    clients = lru_cache(maxsize=None)(lambda name: session.client(name, endpoint_url=endpoint))
    return EnvironmentClients(aws.name, aws.region, clients, aws.declared, aws.is_laptop)


def _account(aws: EnvironmentClients) -> str:
    """Return the account of the environment; that of the caller if the environment names none."""
    declared = aws.declared.account if aws.declared else None
    return declared or str(aws.clients("sts").get_caller_identity()["Account"])
