"""The function that loads predictions, as it ships, against the laptop's warehouse and lake."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from warehouse.schema import read_migrations

LAKE = "lake"
COLUMNS = "dateid,venueid,catid,caldate,holiday,events,predicted_tickets"
MODEL = "arn:aws:sagemaker:us-east-1:123456789012:model-package/redline-test-tickit/3"
ROWS = ["1827,3,9,2008-01-01,t,2,43.1665", "1828,4,8,2008-01-02,f,1,7.0"]


@dataclass
class Predictions:
    """The table of the predictions, and the files that are loaded into it."""

    laptop: object

    def rows(self, columns=COLUMNS, *, of="tickit_predictions"):
        return self.laptop.rows(f"SELECT {columns} FROM {of} ORDER BY execution_id, 1")

    def put(self, execution, **files):
        """Leave the files of a transform job of that execution, and nothing else of it."""
        s3, prefix = self.laptop.s3, f"runs/tickit-batch/{execution}/Transform/predictions"
        for old in s3.list_objects_v2(Bucket=LAKE, Prefix=prefix).get("Contents", ()):
            s3.delete_object(Bucket=LAKE, Key=old["Key"])
        for name, rows in files.items():
            body = "".join(f"{row}\n" for row in rows).encode()
            s3.put_object(Bucket=LAKE, Key=f"{prefix}/{name}.gz.out", Body=body)
        return f"s3://{LAKE}/{prefix}"


@pytest.fixture(scope="module")
def migrated(laptop):
    """The laptop, with the table of the predictions and its writer."""
    for migration in read_migrations():
        if "predictions" in migration.name:
            laptop.run(*migration.statements)
    return laptop


@pytest.fixture
def predictions(migrated):
    """The table, which is empty."""
    migrated.run("DELETE FROM tickit_predictions")
    return Predictions(migrated)


@pytest.fixture
def module(migrated, load_handler, monkeypatch):
    for name, value in migrated.environment("prediction_writer").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIPELINE", "tickit-batch")
    return load_handler("load_predictions")


@pytest.fixture
def load(predictions, module, context):
    """Load files of an execution: `load("a1", one=[row, …])`."""

    def run(execution, *, rows=None, changes=None, **files):
        event = {
            "s3_uri": predictions.put(execution, **files),
            "rows": str(sum(map(len, files.values())) if rows is None else rows),
            "execution_id": execution,
            "model_package_arn": MODEL,
            "table": "tickit_predictions",
            "columns": COLUMNS,
        }
        return module.handler({**event, **(changes or {})}, context)

    return run


def test_every_file_s_rows_are_loaded_with_what_made_them(predictions, load):
    assert load("a1", one=ROWS[:1], two=ROWS[1:]) == {"rows": "2"}
    assert predictions.rows() == [
        [1827, 3, 9, "2008-01-01", True, 2, 43.1665],
        [1828, 4, 8, "2008-01-02", False, 1, 7.0],
    ]
    assert predictions.rows("execution_id, model_package_arn") == [["a1", MODEL]] * 2
    today = "scored_at BETWEEN DATEADD(day, -1, GETDATE()) AND GETDATE()"
    assert predictions.rows(today) == [[True], [True]]


def test_another_execution_s_rows_stay(predictions, load):
    load("a1", one=ROWS)
    load("b2", one=ROWS[:1])
    assert predictions.rows("execution_id") == [["a1"], ["a1"], ["b2"]]


def test_the_same_execution_again_replaces_its_rows(predictions, load):
    load("a1", one=ROWS)
    load("b2", one=ROWS)
    load("a1", one=["1827,3,9,2008-01-01,t,2,44.0"])
    assert predictions.rows("execution_id, predicted_tickets") == [
        ["a1", 44.0],
        ["b2", 43.1665],
        ["b2", 7.0],
    ]


def test_the_latest_predictions_of_a_day_are_those_of_one_execution(predictions, load):
    load("a1", one=[*ROWS, "1827,5,9,2008-01-01,t,1,3.0"])
    load("b2", one=ROWS[:1])
    load("c3", one=ROWS[:1])
    latest = predictions.rows("execution_id, dateid, venueid", of="latest_tickit_predictions")
    assert latest == [["a1", 1828, 4], ["c3", 1827, 3]]


@pytest.mark.parametrize(
    ("changes", "files", "said"),
    [
        ({"rows": "3"}, {"one": ROWS}, "the files hold 2 rows, not 3"),
        ({}, {"one": [*ROWS, "1829,x,8,2008-01-02,f,1,7.0"]}, "Load into table 'scored' failed"),
        ({"rows": "1"}, {}, "does not exist"),
        ({"table": "venue"}, {"one": ROWS}, "venue"),
    ],
)
def test_what_cannot_be_loaded_changes_nothing(predictions, load, module, changes, files, said):
    load("a1", one=ROWS)
    before = predictions.rows("execution_id, predicted_tickets")
    with pytest.raises(module.LoadFailed, match="FAILED: ERROR") as failed:
        load("a1", changes=changes, **files)
    assert said in str(failed.value)
    assert predictions.rows("execution_id, predicted_tickets") == before


@pytest.mark.parametrize("value", ["x'); DROP TABLE tickit_predictions; --", "\\'", "$$"])
def test_a_value_stays_a_value(predictions, load, value):
    load("a1", one=ROWS, changes={"model_package_arn": value})
    assert predictions.rows("model_package_arn") == [[value]] * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("s3_uri", "s3://lake/runs/tickit-batch/b2/Transform/predictions"),
        ("s3_uri", "s3://lake/runs/tickit/a1/Transform/predictions"),
        ("s3_uri", "s3://elsewhere/runs/tickit-batch/a1/Transform/predictions"),
        ("s3_uri", "s3://lake/runs/tickit-batch/a1/Transform/p' IAM_ROLE 'x"),
        ("execution_id", "a1/../b2"),
        ("table", "tickit_predictions; DROP TABLE venue"),
        ("columns", "dateid,(SELECT 1)"),
        ("rows", "0"),
        ("rows", "many"),
    ],
)
def test_what_is_put_into_sql_must_be_a_name_or_the_execution_s_own_place(
    load, module, name, value
):
    with pytest.raises(module.LoadRefused, match=f"{name} is .*: allowed is"):
        load("a1", one=ROWS, changes={name: value})


def test_a_missing_argument_is_named(module, context):
    with pytest.raises(module.LoadRefused, match="model_package_arn"):
        module.handler({"table": "tickit_predictions"}, context)


def test_the_writer_reads_and_writes_no_other_table(laptop, load, module):
    laptop.run("CREATE TABLE secrets (execution_id VARCHAR(64), a INTEGER)")
    changes = {"table": "secrets", "columns": "a"}
    with pytest.raises(module.LoadFailed, match="permission denied for relation secrets"):
        load("a1", one=["1"], changes=changes)


def test_what_takes_too_long_is_cancelled_and_changes_nothing(predictions, load, context, module):
    context.seconds = 20  # none is left
    with pytest.raises(module.LoadFailed, match="cancelled: nothing was loaded"):
        load("a1", one=ROWS * 20_000)
    assert predictions.rows() == []


def test_what_does_not_stop_may_still_be_loaded(predictions, load, module, monkeypatch):
    wait = module.wait

    def wait_in_vain(*given):
        wait(*given)  # the next test shall find the statement over
        raise module.DoesNotStop("statement 1 took too long and does not stop")

    monkeypatch.setattr(module, "wait", wait_in_vain)
    with pytest.raises(module.LoadFailed, match="does not stop: all may still be loaded; retry"):
        load("a1", one=ROWS)
    assert len(predictions.rows()) == len(ROWS)


@pytest.fixture
def abort():
    """Let the n-th statement of a transaction be aborted after it has done its work."""
    yield lambda number: FAULTS.inject(Fault("abort", after=number - 1))
    FAULTS.clear()


@pytest.mark.parametrize("number", range(1, 6))
def test_wherever_it_is_aborted_nothing_has_changed(predictions, load, module, abort, number):
    load("a1", one=ROWS[:1])
    before = predictions.rows("execution_id, predicted_tickets")
    abort(number)
    with pytest.raises(module.LoadFailed, match="cancelled by WLM abort action"):
        load("a1", one=ROWS)
    assert predictions.rows("execution_id, predicted_tickets") == before
    FAULTS.clear()
    load("a1", one=ROWS)
    assert predictions.rows("predicted_tickets") == [[7.0], [43.1665]]
