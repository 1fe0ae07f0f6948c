"""A load is not begun anew for calls that fail."""

import pytest

from tests.unit.refusing_service import refusing_service
from warehouse.clients import client
from warehouse.data_api import Database


@pytest.fixture
def service(monkeypatch):
    with refusing_service(monkeypatch, '{"Id": "one", "Status": "FINISHED"}') as service:
        yield service


def test_a_batch_succeeds_although_its_calls_are_throttled_seven_times(service):
    service.refusals = 7
    target = {"WorkgroupName": "workgroup", "Database": "redline"}
    database = Database(client=client("redshift-data"), target=target)
    assert database.run(["DELETE FROM t", "COPY t"]) == "one"
    assert service.asked == 9  # one more describes the batch
