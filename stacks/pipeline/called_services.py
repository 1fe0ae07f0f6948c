"""The AWS services that the jobs of a pipeline, and the warehouse for it, call from the VPC."""

from __future__ import annotations

from pathlib import Path

from pipeline_code.compiler import FEATURE_RECORDS, CompiledDefinition
from stacks.config import ExistingWarehouse, Warehouse
from stacks.pipeline.data_catalog import catalog_tables

# SageMaker does this with the role of a job, outside the VPC: it pulls the image, writes logs
# and metrics, and creates network interfaces and volumes. S3 has a gateway.
_OUTSIDE = frozenset({"cloudwatch", "ec2", "ecr", "kms", "logs", "s3"})


def called_services(definition: CompiledDefinition, root: Path) -> set[str]:
    """Return the services, as they are written in IAM actions.

    Models have no network. The folder of the pipeline is in `root`.
    """
    manifest = definition.manifest
    jobs = [manifest.job(role) for role in manifest.roles if role != "Model"]
    called = {_service(action) for job in jobs for action in job.actions} - _OUTSIDE
    if manifest.namespaces:
        called.add("cloudwatch")
    # The warehouse looks up external tables; its traffic stays in the VPC (enhanced VPC routing).
    if catalog_tables(definition.name, root):
        called.add("glue")
    return called


def _service(action: str) -> str:
    """Return the prefix of an action; the records of feature groups have an API of their own."""
    if action in FEATURE_RECORDS:
        return "sagemaker-featurestore-runtime"
    return action.partition(":")[0]


def services_of_warehouse(warehouse: Warehouse | ExistingWarehouse) -> set[str]:
    """Return the services that a warehouse with Redshift ML calls: its traffic stays in the VPC.

    https://docs.aws.amazon.com/redshift/latest/dg/r_create_model_usage_notes.html
    """
    enabled = isinstance(warehouse, Warehouse) and warehouse.machine_learning
    return {"sagemaker", "sagemaker-runtime"} if enabled else set()
