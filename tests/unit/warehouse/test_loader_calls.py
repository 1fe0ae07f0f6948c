"""The loader retries calls that fail."""

import pytest

from tests.unit.refusing_service import refusing_service
from warehouse.data_api import Database
from warehouse.loader_clients import client


@pytest.fixture
def service(monkeypatch):
    with refusing_service(monkeypatch, '{"Id": "one", "Status": "FINISHED"}') as service:
        yield service


def test_a_batch_succeeds_although_its_calls_are_throttled_seven_times(service):
    service.refusals = 7
    connection = {"WorkgroupName": "workgroup", "Database": "redline"}
    database = Database(client=client("redshift-data"), connection=connection)
    assert database.run(["DELETE FROM t", "COPY t"]) == "one"
    # Seven throttled calls, one that starts the batch, one that describes it.
    assert service.asked == 9
