"""The code of a pipeline's jobs as one zip file among the assets of the pipeline's stack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets

from pipeline_code.archive import build_archive
from stacks.base import RedlineStack


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


def code_archive(stack: RedlineStack, name: str, pipeline: str, root: Path) -> CodeArchive:
    """Return the archive of the folder of `pipeline` in `root`, named after its hash."""
    with TemporaryDirectory() as folder:  # CDK copies it to cdk.out immediately
        asset = assets.Asset(stack, name, path=str(build_archive(pipeline, Path(folder), root)))
    return CodeArchive(bucket=asset.bucket, key=asset.s3_object_key, prefix=stack.asset_prefix)
