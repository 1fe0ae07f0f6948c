"""A pipeline trains on rows of a real PostgreSQL, with the driver of its wheels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.application.databases import GROUP, SECRET, with_wheels
from tests.integration.laptop import IMPORTS, Laptop, started, step, write_app
from tests.postgres import PASSWORD, USER, running_postgres

pytestmark = pytest.mark.laptop

APP = Path(__file__).parents[1] / "application/app_of_databases.py"
NAME = SECRET.rpartition("-")[0]
ORDERS = (
    "CREATE TABLE orders AS SELECT id, id % 50 AS size, "
    "CAST(CASE WHEN id % 7 > 0 THEN id % 11 END AS numeric(9, 2)) AS price, "
    "timestamptz '2008-01-01 00:00:00+09' + id * interval '1 minute' AS ordered_at, "
    "id % 3 = 0 AS is_gift, 3 * (id % 50) + id % 2 AS sold FROM generate_series(1, 2000) AS id"
)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop with the pipeline, whose database runs on this machine."""
    folder = tmp_path_factory.mktemp("databases")
    with running_postgres() as postgres:
        postgres.run(ORDERS)
        write_app(folder / "app", APP, root=str(with_wheels()), port=str(postgres.port))
        started_with = Laptop(folder / "state", environment=IMPORTS, folder=folder / "app")
        with started(started_with) as laptop:
            printed = laptop.run("deploy", "databases").stdout
            assert SECRET in printed
            assert GROUP in printed
            yield laptop


def test_it_trains_when_the_owner_has_set_the_secret(laptop):
    failed = laptop.json("start", "orders", code=1)
    assert failed["status"] == "Failed"
    reason = step(failed, "Read")["reason"]
    assert "PostgreSQL needs username and password" in reason

    login = json.dumps({"username": USER, "password": PASSWORD})
    laptop.client("secretsmanager").put_secret_value(SecretId=NAME, SecretString=login)
    run = laptop.json("start", "orders")
    assert run["status"] == "Succeeded"
    lake = laptop.output("redline-databases-data", "LakeBucketName")
    (rows,) = laptop.uris(f"s3://{lake}/runs/orders/{run['execution_id']}/Read/rows/")
    assert laptop.read(rows).startswith(b"PAR1")
    assert laptop.uris(f"s3://{lake}/kept/orders/{run['execution_id']}/Train/model/")
