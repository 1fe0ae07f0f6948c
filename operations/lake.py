"""The lake of an environment."""

from __future__ import annotations

from operations.environment_clients import EnvironmentClients


def lake_bucket(aws: EnvironmentClients) -> str:
    """Return the name of the lake bucket, from the outputs of the data stack."""
    described = aws.clients("cloudformation").describe_stacks(StackName=f"{aws.prefix}data")
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0]["Outputs"]}
    return str(outputs["LakeBucketName"])
