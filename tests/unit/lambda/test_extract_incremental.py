"""The deployed code of the function `extract`: which days it unloads, and which days it keeps."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

LAKE = "lake"
TABLE = """
CREATE TABLE sales (day DATE, at TIMESTAMP, tickets INTEGER, note VARCHAR(40));
CREATE USER pipeline_reader PASSWORD DISABLE;
GRANT USAGE ON SCHEMA public TO pipeline_reader;
GRANT SELECT ON TABLE sales TO pipeline_reader
"""
ROWS = """
INSERT INTO sales VALUES
('2008-01-01', '2008-01-01 10:00:00', 1, 'one'),
('2008-01-02', '2008-01-02 23:59:59', 2, NULL),
('2008-01-02', '2008-01-02 00:00:00', 3, 'three'),
('2008-01-05', '2008-01-05 10:00:00', 4, 'four')
"""
QUERY = "SELECT day, at, tickets, note FROM sales"


@pytest.fixture
def module(sales, load_handler, use_variables):
    use_variables(sales.environment("pipeline_reader"))
    return load_handler("extract")


class Extractions:
    """Runs the extraction of one pipeline, each time as another execution."""

    def __init__(self, module, context, laptop, name):
        self.module, self.context, self.laptop, self.name = module, context, laptop, name
        self.number = 0

    def event(self, execution, **changes):
        return {
            "query": QUERY,
            "s3_uri": f"s3://{LAKE}/unload/{self.name}/{execution}/Extract/",
            "kept_uri": f"s3://{LAKE}/extracted/{self.name}/Extract/",
            "execution_id": execution,
            "format": "PARQUET",
            "partition_by": "",
            "parallel": "ON",
            "day_column": "day",
            "late_days": "1",
            "first_day": "1900-01-01",
            "last_day": "2999-12-31",
            "kept_days": "use",
            **changes,
        }

    def run(self, **changes):
        self.number += 1
        return self.module.handler(self.event(f"e{self.number}", **changes), self.context)

    def refused(self, **changes):
        with pytest.raises(Exception) as refusal:  # noqa: PT011 - each test matches the message
            self.run(**changes)
        return str(refusal.value)

    def get(self, uri):
        key = uri.removeprefix(f"s3://{LAKE}/")
        return self.laptop.s3.get_object(Bucket=LAKE, Key=key)["Body"].read()

    def files(self, outputs):
        first, *names = json.loads(self.get(outputs["manifest_uri"]))
        assert first == {"prefix": outputs["s3_uri"]}
        return names

    def tickets(self, outputs):
        """Return the values of a column in the files that SageMaker's manifest lists."""
        files = [self.get(outputs["s3_uri"] + name) for name in self.files(outputs)]
        tables = [pq.read_table(io.BytesIO(file)) for file in files]
        assert all(table.column_names == ["day", "at", "tickets", "note"] for table in tables)
        return sorted(value for table in tables for value in table["tickets"].to_pylist())

    def keys(self, part="/"):
        found = self.laptop.s3.list_objects_v2(Bucket=LAKE, Prefix=f"extracted/{self.name}/")
        return {each["Key"] for each in found.get("Contents", ()) if part in each["Key"]}


@pytest.fixture
def extractions(module, context, sales, request):
    name = f"p{abs(hash(request.node.name))}"
    return Extractions(module, context, sales, name)


def counts(outputs):
    return [int(outputs[name]) for name in ("unloaded_rows", "kept_rows", "rows")]


def test_the_first_run_unloads_all_days(extractions):
    outputs = extractions.run()
    assert counts(outputs) == [4, 0, 4]
    assert extractions.tickets(outputs) == [1, 2, 3, 4]
    assert outputs["message"] == (
        "warehouse: 3 of 3 days (2008-01-01 to 2008-01-05), 4 rows; lake: 0 of 3 days, 0 rows"
    )


def test_a_later_run_unloads_new_and_late_days_only(extractions, sales):
    first = extractions.run()
    sales.run("INSERT INTO sales VALUES ('2008-01-06', '2008-01-06 10:00:00', 5, 'five')")
    second = extractions.run()
    assert counts(second) == [2, 3, 5]
    assert extractions.tickets(second) == [1, 2, 3, 4, 5]
    assert second["message"] == (
        "warehouse: 2 of 4 days (2008-01-05 to 2008-01-06), 2 rows; "
        "lake: 2 of 4 days (2008-01-01 to 2008-01-02), 3 rows"
    )
    assert extractions.tickets(first) == [1, 2, 3, 4], "the files of the first run are unchanged"


def test_a_changed_row_of_a_late_day_is_read_again(extractions, sales):
    extractions.run()
    sales.run("UPDATE sales SET tickets = 40 WHERE tickets = 4")
    assert extractions.tickets(extractions.run()) == [1, 2, 3, 40]


def test_a_changed_number_of_rows_is_read_again(extractions, sales):
    extractions.run()
    sales.run(
        "DELETE FROM sales WHERE tickets = 2",
        "INSERT INTO sales VALUES ('2008-01-01', NULL, 9, NULL)",
    )
    second = extractions.run()
    assert extractions.tickets(second) == [1, 3, 4, 9]
    assert counts(second) == [4, 0, 4]


def test_a_day_without_rows_is_not_read(extractions, sales):
    extractions.run()
    sales.run("DELETE FROM sales WHERE day = '2008-01-01'")
    assert extractions.tickets(extractions.run()) == [2, 3, 4]


def test_a_changed_row_of_an_earlier_day_is_read_when_the_days_are_renewed(extractions, sales):
    extractions.run()
    sales.run("UPDATE sales SET tickets = 10 WHERE tickets = 1")
    assert extractions.tickets(extractions.run()) == [1, 2, 3, 4], "the documented limit"
    renewed = extractions.run(kept_days="renew")
    assert counts(renewed) == [4, 0, 4]
    assert extractions.tickets(renewed) == [2, 3, 4, 10]
    assert extractions.tickets(extractions.run()) == [2, 3, 4, 10]


def test_a_renewed_period_leaves_the_other_days(extractions, sales):
    extractions.run()
    sales.run("UPDATE sales SET tickets = 10 * tickets WHERE day = '2008-01-01'")
    renewed = extractions.run(last_day="2008-01-01", kept_days="renew")
    assert counts(renewed) == [1, 0, 1]
    later = extractions.run()
    assert counts(later) == [1, 3, 4]
    assert extractions.tickets(later) == [2, 3, 4, 10]


def test_files_that_will_expire_are_not_read(extractions, module, monkeypatch):
    extractions.run()
    later = datetime.now(UTC) + timedelta(days=336)  # they expire after 365 days

    class Later(datetime):
        @classmethod
        def now(cls, zone):
            return later

    monkeypatch.setattr(module, "datetime", Later)
    assert counts(extractions.run()) == [4, 0, 4]
    assert counts(extractions.run()) == [1, 3, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"query": "SELECT day, at, tickets, note FROM sales WHERE tickets > 0"},
        {"format": "CSV"},
        {"day_column": "at"},
        {"query": f"{QUERY} WHERE tickets > :least::integer", "value_least": "0"},
    ],
)
def test_another_query_starts_without_days(extractions, change):
    extractions.run()
    assert counts(extractions.run(**change)) == [4, 0, 4]
    assert counts(extractions.run(**change)) == [1, 3, 4]
    assert counts(extractions.run()) == [1, 3, 4], "the first query still has its days"


def test_other_columns_start_without_days(extractions, sales):
    extractions.run(query="SELECT * FROM sales")
    sales.run("ALTER TABLE sales ADD COLUMN price INTEGER")
    try:
        assert counts(extractions.run(query="SELECT * FROM sales")) == [4, 0, 4]
    finally:
        sales.run("ALTER TABLE sales DROP COLUMN price")


def test_a_period_selects_kept_days_and_leaves_the_others(extractions):
    extractions.run()
    part = extractions.run(first_day="2008-01-02", last_day="2008-01-02")
    assert counts(part) == [0, 2, 2]
    assert extractions.tickets(part) == [2, 3]
    assert counts(extractions.run()) == [1, 3, 4]


def test_a_period_extends_the_kept_days(extractions):
    assert counts(extractions.run(last_day="2008-01-01")) == [1, 0, 1]
    assert counts(extractions.run(first_day="2008-01-02")) == [3, 0, 3]
    assert counts(extractions.run()) == [1, 3, 4]


def test_a_timestamp_is_assigned_to_its_day(extractions):
    extractions.run(day_column="at")
    outputs = extractions.run(day_column="at")
    assert counts(outputs) == [1, 3, 4]
    assert extractions.tickets(outputs) == [1, 2, 3, 4]


def test_header_lines_are_not_counted(extractions):
    assert counts(extractions.run(format="CSV")) == [4, 0, 4]
    assert counts(extractions.run(format="CSV")) == [1, 3, 4]


def test_without_late_days_the_newest_kept_day_is_read_again(extractions, sales):
    extractions.run(late_days="0")
    sales.run("UPDATE sales SET tickets = 40 WHERE tickets = 4")
    assert extractions.tickets(extractions.run(late_days="0")) == [1, 2, 3, 40]


def test_many_scattered_days_are_one_span(module):
    spans_of = module.beside.day_query.spans_of
    every = [(datetime(2008, 1, 1) + timedelta(days=n)).date().isoformat() for n in range(1200)]
    assert spans_of(every[:3], every) == [(every[0], every[2])]
    assert spans_of([every[0], *every[5:7]], every) == [(every[0],) * 2, (every[5], every[6])]
    assert spans_of([every[0], every[9]], [every[0], every[9]]) == [(every[0], every[9])]
    assert spans_of(every[::2], every) == [(every[0], every[-2])]
    assert spans_of([], every) == []


def test_a_run_that_ends_before_its_list_leaves_no_day(extractions, module, monkeypatch):
    def killed(*_, **__):
        raise TimeoutError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(module.beside.incremental.DayLists, "publish", killed)
        assert extractions.refused() == "killed"
    assert extractions.keys("/rows/")
    assert extractions.keys("/lists/") == set()
    assert counts(extractions.run()) == [4, 0, 4]


def test_an_unload_that_fails_leaves_no_day(extractions, module, monkeypatch):
    def failing(self, spans):
        return "SELECT 1 / 0 AS unloaded_day"

    with monkeypatch.context() as patch:
        patch.setattr(module.beside.day_query.DayQuery, "divisible_rows_of", failing)
        assert "FAILED" in extractions.refused()
    assert extractions.keys("/lists/") == set()
    assert counts(extractions.run()) == [4, 0, 4]


def test_rows_that_disappear_after_the_count_fail_the_run(extractions, sales, module, monkeypatch):
    original = module.beside.incremental.IncrementalExtraction.unloading

    def unloading(*arguments):
        sales.run("DELETE FROM sales")
        return original(*arguments)

    monkeypatch.setattr(module.beside.incremental.IncrementalExtraction, "unloading", unloading)
    assert "expected the rows of 3 days" in extractions.refused()
    assert extractions.keys("/lists/") == set()


def competing(extractions, module, monkeypatch, **changes):
    """Run an extraction during which another one publishes its list. Return its outputs."""
    original = module.beside.incremental.Plan.unloaded

    def unloaded(*arguments):
        monkeypatch.setattr(module.beside.incremental.Plan, "unloaded", original)
        extractions.run()
        return original(*arguments)

    monkeypatch.setattr(module.beside.incremental.Plan, "unloaded", unloaded)
    return extractions.run(**changes)


def test_of_two_runs_at_the_same_time_one_publishes(extractions, module, monkeypatch):
    outputs = competing(extractions, module, monkeypatch)
    assert extractions.tickets(outputs) == [1, 2, 3, 4]
    assert len(extractions.keys("/lists/")) == 1
    assert counts(extractions.run()) == [1, 3, 4]


def test_renewed_days_replace_those_of_a_run_at_the_same_time(
    extractions, sales, module, monkeypatch
):
    extractions.run()
    sales.run("UPDATE sales SET tickets = 10 WHERE tickets = 1")
    competing(extractions, module, monkeypatch, kept_days="renew")
    assert len(extractions.keys("/lists/")) == 3, "the renewed days are published last"
    assert extractions.tickets(extractions.run()) == [2, 3, 4, 10]


class Messages:
    """A stand-in for SQS that stores the messages."""

    def __init__(self):
        self.sent = []

    def send_message(self, *, QueueUrl, MessageBody, DelaySeconds):  # noqa: N803 - the API's names
        self.sent.append(json.loads(MessageBody))


class Steps:
    """A stand-in for SageMaker that stores the outputs of steps."""

    def __init__(self):
        self.outputs = {}

    def send_pipeline_execution_step_success(self, *, CallbackToken, OutputParameters):  # noqa: N803
        self.outputs[CallbackToken] = {o["Name"]: o["Value"] for o in OutputParameters}


class Queued(Extractions):
    """Runs the extraction as a Callback step: each message is processed after its statement."""

    def run(self, *, deliveries=1, **changes):
        self.number += 1
        token, beside = f"{self.name}-{self.number}", self.module.beside
        warehouse = beside.unloading.Warehouse(self.laptop.data, beside.unloading.Settings.read())
        queue = beside.callback_steps.CallbackQueue(
            warehouse, Steps(), self.laptop.s3, Messages(), "https://sqs/queue"
        )
        started = datetime.now(UTC).timestamp()
        arguments = self.event(f"e{self.number}", **changes)
        step = {"token": token, "arguments": arguments, "status": "Executing"}
        queue.sqs.sent.append({**step, "started": started})
        while queue.sqs.sent:
            message = queue.sqs.sent.pop(0)
            if "statement" in message:
                self.laptop.data.describe_statement(Id=message["statement"], WaitTimeSeconds=30)
            assert all(queue.process(message) for _ in range(deliveries))
        return queue.sagemaker.outputs[token]


@pytest.fixture
def queued(module, context, sales, request):
    return Queued(module, context, sales, f"q{abs(hash(request.node.name))}")


@pytest.mark.parametrize("deliveries", [1, 2])
def test_a_long_extraction_counts_and_unloads(queued, sales, deliveries):
    assert counts(queued.run(deliveries=deliveries)) == [4, 0, 4]
    sales.run("INSERT INTO sales VALUES ('2008-01-06', '2008-01-06 10:00:00', 5, 'five')")
    second = queued.run(deliveries=deliveries)
    assert counts(second) == [2, 3, 5]
    assert queued.tickets(second) == [1, 2, 3, 4, 5]
    # A file for each row, as the slices write one each, and a manifest for each statement.
    assert len(queued.keys("/rows/")) == 4 + 1 + 2 + 1


def test_a_long_extraction_without_days_to_unload_ends_after_the_count(queued):
    queued.run()
    assert counts(queued.run(last_day="2008-01-02")) == [0, 3, 3]


def test_a_row_without_a_day_is_an_error(extractions, sales):
    sales.run("INSERT INTO sales VALUES (NULL, NULL, 6, NULL), (NULL, NULL, 7, NULL)")
    assert extractions.refused().startswith("2 rows have no day, expected a day in each row")


def test_a_text_column_is_refused(extractions):
    query = "SELECT CAST(day AS VARCHAR) AS day, tickets FROM sales"
    message = extractions.refused(query=query)
    assert message.startswith("day_column is 'day', expected a column of the query with the type")
    assert "{'day': 'varchar', 'tickets': 'int4'}: cast it in the query" in message


def test_a_column_that_is_no_day_is_an_error_of_the_database(extractions):
    assert "cannot cast type integer to date" in extractions.refused(day_column="tickets")


def test_no_rows_are_an_error_unless_they_are_not_required(extractions, sales):
    assert "the query returned no rows" in extractions.refused(last_day="2007-01-01")
    outputs = extractions.run(last_day="2007-01-01", rows_required="OFF")
    assert (outputs["status"], outputs["rows"]) == ("NoRows", "0")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"day_column": 'day"'}, "expected the name of a column"),
        ({"late_days": "-1"}, "expected a number of days"),
        ({"first_day": "2008-02-30"}, "first_day is '2008-02-30', expected a day from"),
        ({"last_day": "9999-12-31"}, "last_day is '9999-12-31', expected a day from"),
        ({"kept_days": "none"}, "kept_days is 'none', expected use or renew"),
        ({"kept_uri": "s3://lake/extracted/p/"}, "expected s3://lake/extracted/<pipeline>/<step>/"),
        ({"kept_uri": "s3://other/extracted/p/Extract/"}, "expected s3://lake/extracted/"),
        ({"partition_by": "note"}, "the files are divided by day"),
    ],
)
def test_an_invalid_argument_is_refused(extractions, change, said):
    assert said in extractions.refused(**change)
