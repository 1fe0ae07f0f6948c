"""The files of the repository that JupyterLab gets, and the script that installs them."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.source_files import source_files
from stacks.config import refuse

ROOT = Path(__file__).resolve().parents[2]
# What notebooks import, and the commands of the client.
FOLDERS = (
    *("execution_reader", "notebooks", "operations", "pipeline_code", "run_report", "stacks"),
    "warehouse",
)
_WHEELS = "wheels"
_REQUIREMENTS = "requirements.txt"
# A script must end within five minutes, so that the packages are installed after it
# (https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc.html). It overwrites no files of the user.
SCRIPT = """\
#!/bin/bash
set -eu
cd "$HOME"
folder=redline-{version}
if [ ! -d "$folder" ]; then
  aws s3 cp --only-show-errors 's3://{bucket}/{key}' /tmp/redline.zip
  python -m zipfile -e /tmp/redline.zip "$folder"
fi
if [ -f "$folder/wheels/requirements.txt" ]; then
  nohup python -m pip install --no-index --find-links "$folder/wheels" \\
    -r "$folder/wheels/requirements.txt" > "$folder/install.log" 2>&1 &
fi
"""


def repository_asset(
    scope: Construct, name: str, *, wheels: str, root: Path = ROOT
) -> assets.Asset:
    """Return the archive of the code, and of the wheels in the folder `wheels`.

    Raises:
        ConfigurationError: `wheels` is not such a folder.
    """
    with TemporaryDirectory() as temporary:  # CDK copies it to cdk.out immediately
        folder = Path(temporary)
        for part in FOLDERS:
            for path in source_files(root / part, "**/*"):
                _copy(path, folder / path.relative_to(root))
        for path in _wheels(root, wheels):
            _copy(path, folder / _WHEELS / path.name)
        return assets.Asset(scope, name, path=str(folder))


def start_script(asset: assets.Asset) -> str:
    """Return the content of the lifecycle configuration."""
    text = SCRIPT.format(
        version=asset.asset_hash[:12], bucket=asset.s3_bucket_name, key=asset.s3_object_key
    )
    return cdk.Fn.base64(text)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _wheels(root: Path, wheels: str) -> list[Path]:
    if not wheels:
        return []
    folder = root / wheels
    if not (folder / _REQUIREMENTS).is_file():
        raise refuse(
            "studio.wheels",
            wheels,
            allowed=f"a folder with wheels and a {_REQUIREMENTS}",
            remedy=f"copy {_REQUIREMENTS} there, and run `pip download --only-binary :all: "
            f"-d {wheels} -r {wheels}/{_REQUIREMENTS}`",
        )
    return [folder / _REQUIREMENTS, *source_files(folder, "*.whl")]
