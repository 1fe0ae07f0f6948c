"""The code of a pipeline's jobs, and their wheels, as assets of the pipeline's stack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets

from pipeline_code.archive import build_archive
from pipeline_code.pipelines import SPARK, folder_of
from pipeline_code.wheelhouse.wheels import build_wheelhouse
from stacks.base import RedlineStack
from stacks.pipeline.pipeline_context import PipelineContext


@dataclass(frozen=True, kw_only=True)
class CodeArchive:
    """The archive of this deployment: the object `key` in `bucket`.

    Archives of earlier deployments have the same `prefix`. Only deployments write there.
    """

    bucket: s3.IBucket
    key: str
    prefix: str

    @property
    def file(self) -> str:
        """The name of the archive in a job: its key without the prefix."""
        return self.key.removeprefix(self.prefix)


def wheelhouse_values(stack: RedlineStack, pipeline: PipelineContext, root: Path) -> dict[str, str]:
    """Return the key of the wheels that the pipeline's jobs install, if they need any.

    The wheels are below the prefix of the code archives, so that runs keep those they started with.

    Raises:
        WheelhouseError: the wheels do not fit the requirements, or are not on this machine.
    """
    image = pipeline.manifest.wheels
    if not image:
        return {}
    folder = folder_of(pipeline.name, root)
    return {"WheelsKey": _wheels(stack, "Wheels", pipeline.name, image, folder)}


def spark_values(stack: RedlineStack, pipeline: PipelineContext) -> dict[str, str]:
    """Return what Spark steps need beside the archive: the application, and the wheels.

    Raises:
        WheelhouseError: the wheels are not on this machine.
    """
    if "SparkDriverKey" not in pipeline.manifest.environment:
        return {}
    driver = assets.Asset(stack, "SparkDriver", path=str(SPARK / "driver.py")).s3_object_key
    return {
        "SparkDriverKey": driver,
        "SparkDriverFile": driver.removeprefix(stack.asset_prefix),
        "SparkWheelsKey": _wheels(stack, "SparkWheels", SPARK.name, SPARK.name, SPARK),
    }


def _wheels(stack: RedlineStack, id: str, name: str, image: str, folder: Path) -> str:
    """Return the key of the asset with the wheels of the lock file in `folder`."""
    with TemporaryDirectory() as target:
        archive = build_wheelhouse(name, image, Path(target), folder)
        return assets.Asset(stack, id, path=str(archive)).s3_object_key


def code_archive(stack: RedlineStack, name: str, pipeline: str, root: Path) -> CodeArchive:
    """Return the archive of the folder of `pipeline` in `root`, named after its hash."""
    with TemporaryDirectory() as folder:  # CDK copies it to cdk.out immediately
        asset = assets.Asset(stack, name, path=str(build_archive(pipeline, Path(folder), root)))
    return CodeArchive(bucket=asset.bucket, key=asset.s3_object_key, prefix=stack.asset_prefix)
