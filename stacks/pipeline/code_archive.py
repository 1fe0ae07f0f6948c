"""The code of a pipeline's jobs as one zip file in the bucket of CDK's assets."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.archive import build_archive


def code_archive(scope: Construct, name: str, pipeline: str, root: Path) -> assets.Asset:
    """The archive of the folder of `pipeline` in `root`; its key is the hash of its content."""
    with TemporaryDirectory() as folder:  # CDK copies it to cdk.out immediately
        return assets.Asset(scope, name, path=str(build_archive(pipeline, Path(folder), root)))
