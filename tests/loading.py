"""The statements that load a pipeline's sample data."""

from __future__ import annotations

from warehouse.data_sets import DataSet
from warehouse.deployed_environment import DeployedEnvironment


def statements_of(pipeline: str, **outputs: str) -> list[str]:
    """Return the statements of load.sql, with the lake `lake` and the stack outputs `outputs`."""
    deployed = DeployedEnvironment(
        lake_bucket="lake",
        warehouse={},
        administrator={},
        warehouse_role_arn="arn:role",
        pipelines={pipeline: outputs},
    )
    return DataSet(pipeline).statements(deployed)
