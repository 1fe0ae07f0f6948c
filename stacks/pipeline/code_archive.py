"""The code of a pipeline's jobs as one zip in the bucket of CDK's assets."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.archive import build_archive


def code_archive(scope: Construct, name: str, pipeline: str) -> assets.Asset:
    """The archive of `pipeline_code/<pipeline>`; its key is the hash of what is in it."""
    with TemporaryDirectory() as folder:  # CDK copies it to cdk.out at once
        return assets.Asset(scope, name, path=str(build_archive(pipeline, Path(folder))))
