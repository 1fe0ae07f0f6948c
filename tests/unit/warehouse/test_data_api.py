"""Batches of the Data API: progress, time limit and error messages."""

import pytest

from warehouse import LoadError
from warehouse.data_api import Database

CONNECTION = {"WorkgroupName": "workgroup", "Database": "redline", "SecretArn": "secret"}


class Client:
    """A stand-in for the Data API: returns the descriptions in order, then the rows."""

    def __init__(self, *descriptions, rows=()):
        self.descriptions = list(descriptions)
        self.rows = list(rows)
        self.sent = []
        self.cancelled = []

    def execute_statement(self, **request):
        self.sent.append(request)
        return {"Id": "one"}

    batch_execute_statement = execute_statement

    def describe_statement(self, **request):
        return self.descriptions.pop(0) if len(self.descriptions) > 1 else self.descriptions[0]

    def get_statement_result(self, **request):
        row, *self.rows = self.rows
        return {"Records": [row], **({"NextToken": "more"} if self.rows else {})}

    def cancel_statement(self, **request):
        self.cancelled.append(request["Id"])


def database(client, **options):
    ticks = iter(range(1000))
    return Database(
        client=client,
        connection=CONNECTION,
        clock=lambda: float(next(ticks)),
        pause=lambda seconds: None,
        **options,
    )


def test_a_batch_is_one_transaction_and_reports_its_progress():
    client = Client(
        {"Status": "SUBMITTED"},
        {"Status": "STARTED", "SubStatements": [{"Status": "FINISHED"}, {"Status": "STARTED"}]},
        {"Status": "FINISHED", "SubStatements": [{"Status": "FINISHED"}] * 2},
    )
    progress = []
    database(client).run(["DELETE FROM t", "COPY t"], progress.append)
    assert progress == [0, 1, 2]
    assert client.sent == [{"Sqls": ["DELETE FROM t", "COPY t"], **CONNECTION}]


def test_a_failure_names_the_statement_and_the_error_of_the_database():
    parts = [{"Status": "FINISHED"}, {"Status": "FAILED", "Error": "line 3: bad integer"}]
    client = Client({"Status": "FAILED", "Error": "Query failed", "SubStatements": parts})
    with pytest.raises(LoadError, match="^COPY t FROM x\nfailed: line 3: bad integer$"):
        database(client).run(["DELETE FROM t", "COPY t\nFROM x"])


def test_a_failed_copy_is_explained_by_sys_load_error_detail():
    hint = "Load into table 't' failed. Check 'sys_load_error_detail' system table for details."
    row = [
        {"stringValue": "s3://lake/incoming/tickit/t.txt"},
        {"longValue": 17},
        {"stringValue": "qtysold   "},
        {"stringValue": "Invalid digit, Value 'x'"},
    ]
    client = Client({"Status": "FAILED", "Error": hint}, {"Status": "FINISHED"}, rows=[row])
    with pytest.raises(LoadError) as failed:
        database(client).run(["COPY t FROM x"])
    assert str(failed.value).endswith(
        "s3://lake/incoming/tickit/t.txt, line 17, column qtysold: Invalid digit, Value 'x'"
    )


def test_an_aborted_batch_raises_an_error():
    with pytest.raises(LoadError, match="the batch is ABORTED"):
        database(Client({"Status": "ABORTED"})).run(["SELECT 1"])


def test_a_batch_that_takes_too_long_is_cancelled():
    client = Client({"Status": "STARTED"})
    with pytest.raises(LoadError, match="more than 5 seconds and was cancelled"):
        database(client, timeout_seconds=5).run(["SELECT 1"])
    assert client.cancelled == ["one"]


def test_rows_are_read_page_by_page_and_typed():
    rows = [
        [{"stringValue": "a"}, {"longValue": 0}, {"booleanValue": False}],
        [{"isNull": True}, {"doubleValue": 0.5}, {"stringValue": ""}],
    ]
    client = Client({"Status": "FINISHED"}, rows=rows)
    assert list(database(client).rows("SELECT")) == [("a", 0, False), (None, 0.5, "")]
