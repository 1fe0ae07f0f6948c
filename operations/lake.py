"""The lake of an environment."""

from __future__ import annotations

from operations.environment_clients import EnvironmentClients
from operations.stack_outputs import outputs_of


def lake_bucket(aws: EnvironmentClients) -> str:
    """Return the name of the lake bucket, from the outputs of the data stack."""
    described = aws.clients("cloudformation").describe_stacks(StackName=f"{aws.prefix}data")
    return outputs_of(described["Stacks"][0])["LakeBucketName"]
