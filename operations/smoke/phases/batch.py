"""Predicts the last month of the sample data in batches, and counts the predictions."""

from __future__ import annotations

from operations.smoke import SmokeError
from operations.smoke.executions import execute
from operations.smoke.phase import BATCH, Phase, SmokeRun
from warehouse.data_api import Database
from warehouse.deployed_environment import read_deployed_environment

# The sample data ends with 2008: its last month serves as the events to come.
_PERIOD = {"FirstDay": "2008-12-01", "LastDay": "2008-12-31"}


def _run(run: SmokeRun) -> str:
    execution = execute(run, BATCH, **_PERIOD)
    execution.require("LoadPredictions", because_of="LatestModel")
    extracted = int(execution.lambda_outputs("Extract")["rows"])
    loaded = _loaded_rows(run, execution.id)
    if loaded != extracted:
        raise SmokeError(f"{extracted} rows were extracted, but {loaded} predictions were loaded")
    return f"{extracted} rows extracted, {loaded} predictions loaded"


def _loaded_rows(run: SmokeRun, execution_id: str) -> int:
    """Count the predictions of an execution in the warehouse."""
    clients = run.client("cloudformation"), run.client("redshift-serverless")
    deployed = read_deployed_environment(*clients, run.aws.name)
    database = Database(client=run.client("redshift-data"), connection=deployed.administrator)
    # The service creates the ID, which has only letters and digits.
    sql = f"SELECT COUNT(*) FROM tickit_predictions WHERE execution_id = '{execution_id}'"
    ((count,),) = database.rows(sql)
    return int(count)


PHASE = Phase("batch", _run)
