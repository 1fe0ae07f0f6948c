"""A warehouse is deleted when its laptop cloud stops. The next warehouse is empty."""

from __future__ import annotations

import threading
import time

from local_cloud.redshift.warehouse import Warehouse
from local_cloud.server import running

CLUSTER = {
    "ClusterIdentifier": "redline-test",
    "NodeType": "ra3.large",
    "MasterUsername": "admin",
    "MasterUserPassword": "Correct1horse",
    "DBName": "redline",
}
WHERE = {"ClusterIdentifier": "redline-test", "Database": "redline", "DbUser": "admin"}
DIGITS = " union all ".join(f"select {n} as n" for n in range(100))
ENDLESS = "select count(*) from " + ", ".join(f"({DIGITS}) t{n}" for n in range(8))


def test_what_runs_is_stopped_and_nothing_is_kept(tmp_path):
    with running(state=tmp_path) as cloud:
        cloud.client("redshift").create_cluster(**CLUSTER)
        data = cloud.client("redshift-data")
        data.execute_statement(Sql="create table t (a int)", WaitTimeSeconds=10, **WHERE)
        started = data.execute_statement(Sql=ENDLESS, WaitTimeSeconds=1, **WHERE)
        assert started["Status"] == "STARTED"
        before = time.monotonic()
    assert time.monotonic() - before < 60

    with running(state=tmp_path) as cloud:
        cloud.client("redshift").create_cluster(**CLUSTER)
        assert cloud.client("redshift-data").list_tables(**WHERE)["Tables"] == []


def test_a_training_that_stores_its_model_ends_before_the_database_is_closed(tmp_path):
    warehouse = Warehouse("redline-test", tmp_path, "admin", "redline")
    cursor = warehouse.cursor("redline")
    closing = threading.Thread(target=warehouse.close)
    with warehouse.writing:
        closing.start()
        assert warehouse.closing.wait(60)
        assert cursor.execute("select 1").fetchall() == [(1,)]
    closing.join(60)
    assert not closing.is_alive()
