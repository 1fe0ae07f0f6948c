"""Deploys a fixed environment on a laptop cloud and fills its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import Template

from tests.integration.laptop import IMPORTS, Laptop, write_app
from warehouse.data_api import Database
from warehouse.deployed_environment import read_deployed_environment
from warehouse.sql_splitter import split_statements

APP = Path(__file__).with_name("app.py")
APP_OF_CHANGED_WAREHOUSE = Path(__file__).with_name("app_of_changed_warehouse.py")
APP_OF_EXISTING_NETWORK = Path(__file__).with_name("app_of_existing_network.py")
APP_OF_EXISTING_WAREHOUSE = Path(__file__).with_name("app_of_existing_warehouse.py")
APP_OF_CHECKED_BIAS = Path(__file__).with_name("app_of_checked_bias.py")
APP_OF_EMR = Path(__file__).with_name("app_of_emr.py")
APP_OF_FEATURE_STORE = Path(__file__).with_name("app_of_feature_store.py")
APP_OF_GROWN_NETWORK = Path(__file__).with_name("app_of_grown_network.py")
APP_OF_INCREMENTAL = Path(__file__).with_name("app_of_incremental.py")
APP_OF_OTHER_CODE = Path(__file__).with_name("app_of_other_code.py")
APP_OF_SKIPPED_DATA = Path(__file__).with_name("app_of_skipped_data.py")
ROWS_OF_TABLES = Path(__file__).with_name("rows.sql")
ROWS = "".join(f"{size},{3 * size + size % 3}\n" for size in range(1, 41))
WANTED = "id;size\n" + "".join(f'"{each}";"{each}"\n' for each in range(1, 11))


def deploy(
    laptop: Laptop, environment: str, folder: Path, *, app: Path = APP, code: int = 0
) -> str:
    """Create an app of the fixed environments in `folder` and deploy it from there.

    Return the output. `code` is the expected exit code.
    """
    write_app(folder, app)
    ended = replace(laptop, folder=folder, environment=IMPORTS).run(
        "deploy", environment, code=code
    )
    return f"{ended.stdout}\n{ended.stderr}"


def fill(laptop: Laptop, environment: str, *, owner: str = "") -> None:
    """Upload the files of the pipelines to the lake, and fill their tables.

    `owner` is the user of an existing warehouse who may do so.
    """
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
        "files/named/rows.csv": f"y,x\n{ROWS}",
    }
    for key, body in files.items():
        laptop.client("s3").put_object(
            Bucket=deployment.lake_bucket, Key=f"incoming/{key}", Body=body.encode()
        )
    connection = {**deployment.warehouse, "DbUser": owner} if owner else deployment.administrator
    database = Database(client=laptop.client("redshift-data"), connection=connection)
    database.run(split_statements(Template(ROWS_OF_TABLES.read_text()).substitute(names)))
