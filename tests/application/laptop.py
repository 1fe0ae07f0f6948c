"""Deploys a fixed environment on a laptop cloud and fills its tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from string import Template

from tests.integration.laptop import REPOSITORY, Laptop
from warehouse.data_api import Database
from warehouse.deployed_environment import read_deployed_environment
from warehouse.sql_splitter import split_statements

APP = Path(__file__).with_name("app.py")
APP_OF_CHANGED_WAREHOUSE = Path(__file__).with_name("app_of_changed_warehouse.py")
APP_OF_GROWN_NETWORK = Path(__file__).with_name("app_of_grown_network.py")
APP_OF_OTHER_CODE = Path(__file__).with_name("app_of_other_code.py")
TABLES = Path(__file__).with_name("tables.sql")
ROWS = "".join(f"{size},{3 * size + size % 3}\n" for size in range(1, 41))
WANTED = "id;size\n" + "".join(f'"{each}";"{each}"\n' for each in range(1, 11))


def deploy(
    laptop: Laptop, environment: str, folder: Path, *, app: Path = APP, code: int = 0
) -> str:
    """Create an app of the fixed environments in `folder` and deploy it from there.

    Return the output. `code` is the expected exit code.
    """
    folder.mkdir()
    settings = {"app": f"{sys.executable} {app}"}
    (folder / "cdk.json").write_text(json.dumps(settings))
    (folder / "node_modules").symlink_to(REPOSITORY / "node_modules")
    ended = subprocess.run(
        laptop.command("deploy", environment),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    output = f"{ended.stdout}\n{ended.stderr}"
    assert ended.returncode == code, output
    return output


def fill(laptop: Laptop, environment: str) -> None:
    """Upload the files of the pipelines to the lake, and create and fill their tables."""
    clients = map(laptop.client, ("cloudformation", "redshift-serverless"))
    deployment = read_deployed_environment(*clients, environment)
    names = {
        "LakeBucket": deployment.lake_bucket,
        "WarehouseRoleArn": deployment.warehouse_role_arn,
        **deployment.pipelines["files"],
    }
    files = {
        "demand/rows.csv": ROWS,
        "files/wanted/wanted.csv": WANTED,
        "files/rows/rows.csv": ROWS,
    }
    for key, body in files.items():
        laptop.client("s3").put_object(
            Bucket=deployment.lake_bucket, Key=f"incoming/{key}", Body=body.encode()
        )
    database = Database(client=laptop.client("redshift-data"), connection=deployment.administrator)
    database.run(split_statements(Template(TABLES.read_text()).substitute(names)))
