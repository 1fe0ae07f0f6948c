"""What the stacks that all pipelines share give to the parameters of a definition."""

from __future__ import annotations

from stacks.config import Environment
from stacks.lake.stack import DataStack
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack
from stacks.warehouse.stack import WarehouseStack
from stacks.warehouse.warehouse_access import DATABASE, READER


def environment_values(
    environment: Environment, *, network: NetworkStack, data: DataStack, warehouse: WarehouseStack
) -> dict[str, str]:
    """A value for whatever a definition may ask of its environment, by parameter."""
    subnets = private_subnets(network.vpc)
    return {
        "LakeBucket": data.lake.bucket_name,
        "KmsKeyArn": data.key.key_arn,
        "SubnetA": subnets[0].subnet_id,
        "SubnetB": subnets[1].subnet_id,
        "SecurityGroupId": network.jobs.security_group_id,
        "Database": DATABASE,
        "WarehouseRoleArn": warehouse.role.role_arn,
        "ExtractQueueUrl": warehouse.extraction.queue.queue_url,
        "TagEnvironment": environment.name,
        "TagOwner": environment.owner,
        "TagCostCenter": environment.cost_center,
        **warehouse.access.definition_values(READER),
    }
