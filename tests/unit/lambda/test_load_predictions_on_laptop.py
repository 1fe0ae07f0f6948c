"""The deployed code of the function `load_predictions`, tested against a laptop cloud."""

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
    """Reads the table of predictions, and writes the files to load."""

    laptop: object

    def rows(self, columns=COLUMNS, *, of="tickit_predictions"):
        return self.laptop.rows(f"SELECT {columns} FROM {of} ORDER BY execution_id, 1")

    def put(self, execution, **files):
        """Write the output files of a transform job, and delete those of an earlier one."""
        s3, prefix = self.laptop.s3, f"runs/tickit-batch/{execution}/Transform/predictions"
        for old in s3.list_objects_v2(Bucket=LAKE, Prefix=prefix).get("Contents", ()):
            s3.delete_object(Bucket=LAKE, Key=old["Key"])
        for name, rows in files.items():
            body = "".join(f"{row}\n" for row in rows).encode()
            s3.put_object(Bucket=LAKE, Key=f"{prefix}/{name}.gz.out", Body=body)
        return f"s3://{LAKE}/{prefix}"


@pytest.fixture(scope="module")
def migrated(laptop):
    """A laptop cloud with the table of predictions and the user who may write to it."""
    for migration in read_migrations():
        if "predictions" in migration.name:
            laptop.run(*migration.statements)
    return laptop


@pytest.fixture
def predictions(migrated):
    """The empty table of predictions."""
    migrated.run("DELETE FROM tickit_predictions")
    return Predictions(migrated)


@pytest.fixture
def module(migrated, load_handler, monkeypatch, use_variables):
    use_variables(migrated.environment("prediction_writer"))
    monkeypatch.setenv("PIPELINE", "tickit-batch")
    return load_handler("load_predictions")


@pytest.fixture
def load(predictions, module, context):
    """Load the files of an execution: `load("a1", one=[row, …])`."""

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


def test_rows_of_all_files_are_loaded_with_execution_and_model(predictions, load):
    assert load("a1", one=ROWS[:1], two=ROWS[1:]) == {"rows": "2"}
    assert predictions.rows() == [
        [1827, 3, 9, "2008-01-01", True, 2, 43.1665],
        [1828, 4, 8, "2008-01-02", False, 1, 7.0],
    ]
    assert predictions.rows("execution_id, model_package_arn") == [["a1", MODEL]] * 2
    today = "scored_at BETWEEN DATEADD(day, -1, GETDATE()) AND GETDATE()"
    assert predictions.rows(today) == [[True], [True]]


def test_the_columns_outside_the_training_rows_are_loaded_if_the_model_wrote_them(
    predictions, load
):
    columns = {"columns": f"{COLUMNS},outside_training"}
    load("a1", one=[f"{ROWS[0]},", f"{ROWS[1]},caldate venueid"], changes=columns)
    # A model of an earlier release writes only the prediction.
    load("b2", one=ROWS, changes=columns)
    assert predictions.rows("execution_id, outside_training") == [
        ["a1", ""],
        ["a1", "caldate venueid"],
        ["b2", ""],
        ["b2", ""],
    ]


def test_a_row_without_a_prediction_is_not_loaded(predictions, load, module):
    with pytest.raises(module.LoadFailed, match="predicted_tickets"):
        load("a1", one=[ROWS[0].rpartition(",")[0]])
    assert predictions.rows() == []


def test_rows_of_other_executions_are_kept(predictions, load):
    load("a1", one=ROWS)
    load("b2", one=ROWS[:1])
    assert predictions.rows("execution_id") == [["a1"], ["a1"], ["b2"]]


def test_a_repeated_load_replaces_the_rows_of_its_execution(predictions, load):
    load("a1", one=ROWS)
    load("b2", one=ROWS)
    load("a1", one=["1827,3,9,2008-01-01,t,2,44.0"])
    assert predictions.rows("execution_id, predicted_tickets") == [
        ["a1", 44.0],
        ["b2", 43.1665],
        ["b2", 7.0],
    ]


def test_the_latest_predictions_of_a_day_come_from_one_execution(predictions, load):
    load("a1", one=[*ROWS, "1827,5,9,2008-01-01,t,1,3.0"])
    load("b2", one=ROWS[:1])
    load("c3", one=ROWS[:1])
    latest = predictions.rows("execution_id, dateid, venueid", of="latest_tickit_predictions")
    assert latest == [["a1", 1828, 4], ["c3", 1827, 3]]


@pytest.mark.parametrize(
    ("changes", "files", "message"),
    [
        ({"rows": "3"}, {"one": ROWS}, "the files hold 2 rows, not 3"),
        ({}, {"one": [*ROWS, "1829,x,8,2008-01-02,f,1,7.0"]}, "Load into table 'scored' failed"),
        ({"rows": "1"}, {}, "does not exist"),
        ({"table": "venue"}, {"one": ROWS}, "venue"),
    ],
)
def test_a_failed_load_changes_nothing(predictions, load, module, changes, files, message):
    load("a1", one=ROWS)
    before = predictions.rows("execution_id, predicted_tickets")
    with pytest.raises(module.LoadFailed, match="FAILED: ERROR") as failed:
        load("a1", changes=changes, **files)
    assert message in str(failed.value)
    assert predictions.rows("execution_id, predicted_tickets") == before


@pytest.mark.parametrize("value", ["x'); DROP TABLE tickit_predictions; --", "\\'", "$$"])
def test_a_value_is_never_read_as_sql(predictions, load, value):
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
def test_arguments_in_the_sql_text_are_validated(load, module, name, value):
    with pytest.raises(module.LoadRefused, match=f"{name} is .*, expected"):
        load("a1", one=ROWS, changes={name: value})


def test_a_missing_argument_is_named(module, context):
    with pytest.raises(module.LoadRefused, match="model_package_arn"):
        module.handler({"table": "tickit_predictions"}, context)


def test_the_database_user_cannot_access_other_tables(laptop, load, module):
    laptop.run("CREATE TABLE secrets (execution_id VARCHAR(64), a INTEGER)")
    changes = {"table": "secrets", "columns": "a"}
    with pytest.raises(module.LoadFailed, match="permission denied for relation secrets"):
        load("a1", one=["1"], changes=changes)


def test_a_load_that_takes_too_long_is_cancelled_and_changes_nothing(
    predictions, load, context, module
):
    context.seconds = 20  # the function has no time left
    with pytest.raises(module.LoadFailed, match="cancelled: nothing was loaded"):
        load("a1", one=ROWS * 20_000)
    assert predictions.rows() == []


def test_the_error_says_that_a_load_still_runs_after_its_cancellation(
    predictions, load, module, monkeypatch
):
    wait = module.wait

    def wait_and_time_out(*arguments):
        wait(*arguments)  # the statement must have ended before the next test
        raise module.CancellationTimeout("statement 1 is still running")

    monkeypatch.setattr(module, "wait", wait_and_time_out)
    with pytest.raises(module.LoadFailed, match="is still running: it may still load .*; retry"):
        load("a1", one=ROWS)
    assert len(predictions.rows()) == len(ROWS)


@pytest.fixture
def abort():
    """Make the n-th statement of a transaction fail after it has changed the table."""
    yield lambda number: FAULTS.inject(Fault("abort", after=number - 1))
    FAULTS.clear()


@pytest.mark.parametrize("number", range(1, 6))
def test_an_abort_at_any_statement_changes_nothing(predictions, load, module, abort, number):
    load("a1", one=ROWS[:1])
    before = predictions.rows("execution_id, predicted_tickets")
    abort(number)
    with pytest.raises(module.LoadFailed, match="cancelled by WLM abort action"):
        load("a1", one=ROWS)
    assert predictions.rows("execution_id, predicted_tickets") == before
    FAULTS.clear()
    load("a1", one=ROWS)
    assert predictions.rows("predicted_tickets") == [[7.0], [43.1665]]
