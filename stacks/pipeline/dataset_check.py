"""Whether the warehouse of an environment can be read as a pipeline wants to."""

from __future__ import annotations

from collections.abc import Collection

from stacks.config import Environment, Pipeline, refuse

CLUSTER = "ClusterIdentifier"


def check_dataset(
    environment: Environment, settings: Pipeline, *, declared: Collection[str]
) -> None:
    """Refuse a Redshift dataset of SageMaker's where there is no cluster to name in it.

    Raises:
        ConfigurationError: `declared` parameters name a cluster, and the warehouse is serverless.
    """
    if CLUSTER in declared and environment.warehouse.kind == "serverless":
        raise refuse(
            f"{settings.name}.options",
            dict(settings.options),
            allowed="an extraction by UNLOAD where the warehouse is serverless, as SageMaker's "
            "RedshiftDatasetDefinition takes a ClusterIdentifier and no workgroup",
            remedy='set options={"extraction": "unload"}, or take extract_step for '
            "redshift_input in the pipeline's definition",
        )
