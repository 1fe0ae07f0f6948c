"""Plants an error in a file and returns the message that its user sees."""

from __future__ import annotations

import json
import math
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3

from operations import OperationError
from operations.executions.parameter_values import check_values
from pipeline_code.compiler import DefinitionError, compiled
from pipeline_code.compiler.step_scripts import check_scripts
from pipeline_code.scaffold.csv_source import read_csv_source
from pipeline_code.scaffold.detection import detect
from pipeline_code.scaffold.errors import ScaffoldError
from pipeline_code.scaffold.known_tables import KnownTables
from pipeline_code.scaffold.query_source import columns_with_values
from pipeline_code.scaffold.target import choose_target
from stacks.config import ConfigurationError
from stacks.config.error_location import located
from stacks.pipeline.deployed_definition import check_parameters
from tests.application.environments import FIXED
from tests.user_errors.planted import Planted
from warehouse import WarehouseError, data_sets
from warehouse.data_sets import DataSet
from warehouse.deployed_environment import DeployedEnvironment
from warehouse.existing_tables import read_existing_tables

SHOP = """\
CREATE TABLE shop.people (id INTEGER NOT NULL, age SMALLINT, mail VARCHAR(99));
CREATE TABLE shop.orders (person INTEGER NOT NULL, paid NUMERIC(8,2));
"""
ENVIRONMENTS = """\
from stacks.config import *
ENVIRONMENTS = Environments()
NIGHTLY = Schedule(expression="cron(0 3 * * ? *)")

@ENVIRONMENTS.add
def prod() -> Environment:
    return Environment(
{fields}
    )
"""
FIELDS = {
    "name": '"prod"',
    "region": '"us-east-1"',
    "owner": '"machine-learning"',
    "cost_center": '"ticketing"',
    "network": 'Network(cidr="10.0.0.0/16", availability_zones=("us-east-1a", "us-east-1b"))',
    "warehouse": 'Warehouse(node_type="ra3.large", nodes=2, snapshot_retention_days=1)',
    "retention": 'Retention(removal="retain", run_days=365, log_days=365)',
    "pipelines": '(Pipeline(name="churn", schedule=NIGHTLY),)',
}
ERRORS = (*(ConfigurationError, DefinitionError, OperationError, ScaffoldError, WarehouseError),)
DEPLOYED = DeployedEnvironment(
    lake_bucket="lake",
    warehouse={},
    administrator={},
    warehouse_role_arn="arn:role",
    pipelines={"shop": {}},
)


def message_of(planted: Planted, folder: Path) -> str:
    """Return the error, or an empty text if the mistake is not found."""
    try:
        _AREAS[planted.area](planted.text, folder)
    except ERRORS as error:
        return str(error)
    return ""


def where(area: str) -> str:
    """Return which command reports the errors of an area."""
    return _COMMANDS[area]


def _csv(text: str, folder: Path) -> None:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    targets = ["target"] if "target" in text.partition("\n")[0] else []
    choose_target(detect(read_csv_source(path)), targets, None)


def _query(text: str, folder: Path) -> None:
    described = _described(folder, SHOP)
    (described / "personal_columns.toml").write_text('"shop.people" = ["mail"]\n')
    path = folder / "query.sql"
    path.write_text(text, encoding="utf-8")
    columns_with_values(KnownTables.read(folder, "shop").query(path), None)


def _tables(text: str, folder: Path) -> None:
    read_existing_tables(_described(folder, text))


def _described(folder: Path, tables: str) -> Path:
    described = folder / "warehouse" / "existing" / "shop"
    described.mkdir(parents=True)
    (described / "tables.sql").write_text(tables, encoding="utf-8")
    (described / "personal_columns.toml").touch()
    return described


def _script(text: str, folder: Path) -> None:
    pipeline = folder / "pipelines" / "churn"
    pipeline.mkdir(parents=True)
    (pipeline / "step.py").write_text(text, encoding="utf-8")
    check_scripts(pipeline, ["SklearnImageUri"])


def _gate(metric: str, folder: Path) -> None:
    pipeline = folder / "pipelines" / "churn"
    pipeline.mkdir(parents=True)
    (pipeline / "features.py").write_text("DATASET = Dataset(SCHEMA, TARGET)\n")
    (pipeline / "evaluate.py").write_text("from pipeline_code.runtime.evaluation import evaluate\n")
    (pipeline / "pipeline.py").write_text(
        'evaluation = p.evaluation("Evaluate", "evaluate.py", model)\n'
        f'p.gate("Quality", evaluation.metric("{metric}") <= limit)\n'
    )
    check_scripts(pipeline, ["SklearnImageUri"])


def _environment(field: str, folder: Path) -> None:
    name, _, value = field.partition("=")
    fields = {**FIELDS, name: value}
    path = folder / "stacks" / "environments.py"
    path.parent.mkdir()
    lines = "".join(f"        {name}={value},\n" for name, value in fields.items())
    path.write_text(ENVIRONMENTS.format(fields=lines.rstrip()), encoding="utf-8")
    try:
        environments = runpy.run_path(str(path))["ENVIRONMENTS"]
    except Exception as error:
        raise located(error, path) from error
    environments["prod"]


def _definition(change: str, _folder: Path) -> None:
    name, _, value = change.partition("=")
    known: Mapping[str, Any] = {"0": 0, "1": 1, "NaN": math.nan}
    check_parameters(compiled("demand", root=FIXED["root"]), {name: known.get(value, value)})


class _Client:
    meta = boto3.client("sagemaker", region_name="us-east-1").meta

    def describe_pipeline(self, **_request: Any) -> dict[str, str]:
        return {"PipelineDefinition": json.dumps(compiled("demand", root=FIXED["root"]).body)}


def _start(assignment: str, _folder: Path) -> None:
    name, _, value = assignment.partition("=")
    check_values(_Client(), "demand", {name: value})


def _load(text: str, folder: Path) -> None:
    sample_data = folder / "shop" / "sample_data"
    sample_data.mkdir(parents=True)
    (sample_data / "load.sql").write_text(text, encoding="utf-8")
    before = data_sets.folder_of
    data_sets.folder_of = lambda name: folder / name
    try:
        DataSet("shop").statements(DEPLOYED)
    finally:
        data_sets.folder_of = before


_AREAS: Mapping[str, Callable[[str, Path], None]] = {
    "CSV file": _csv,
    "query": _query,
    "tables.sql": _tables,
    "step script": _script,
    "gate": _gate,
    "environment": _environment,
    "definition": _definition,
    "start": _start,
    "load.sql": _load,
}
_COMMANDS = {
    "CSV file": "`new --from-csv`",
    "query": "`new --from-query`; unknown names also at synthesis",
    "tables.sql": "synthesis",
    "step script": "lint and synthesis",
    "gate": "lint and synthesis",
    "environment": "synthesis, and every command that reads the environments",
    "definition": "lint and synthesis",
    "start": "`redline start -p`",
    "load.sql": "`load`",
}
