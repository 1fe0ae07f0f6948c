"""A warehouse in this process: all migrations and the sample data of a pipeline."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse
from pipeline_code.pipelines import folder_of
from pipeline_code.trial import TrialError
from pipeline_code.trial.mock_account import LAKE, ROLE
from warehouse.data_sets import DataSet
from warehouse.deployed_environment import DeployedEnvironment
from warehouse.existing_tables import FOLDER as EXISTING
from warehouse.existing_tables import read_existing_tables
from warehouse.schema import read_migrations

_USER, _DATABASE, _CATALOG = "admin", "redline", "trial"


class _AnyRole(S3Access):
    """Access of every role to everything."""

    def client(self, role_arn: str, user: str, service: str = "s3") -> Any:  # noqa: ARG002
        return boto3.client(service)


@dataclass(frozen=True)
class SampleWarehouse:
    """A database of the laptop cloud's Redshift."""

    warehouse: Warehouse
    lake: S3Access

    def run(self, *statements: str, values: Mapping[str, str] | None = None) -> int:
        """Run statements in one transaction. Return the number of rows of the last one.

        Raises TrialError with the message of the database.
        """
        session = Session(self.warehouse, self.lake, database=_DATABASE, user=_USER)
        rows = 0
        try:
            with session.transaction(writes=True):
                for statement in statements:
                    rows = engine.run(session, statement, values or {}).rows
            return rows
        except StatementFailed as error:
            raise TrialError(f"{error.message}\nThe statement is:\n{statement}") from error
        finally:
            session.close()


@contextmanager
def sample_warehouse(
    data_sets: Sequence[DataSet], folder: Path, *, existing: str | None = None
) -> Iterator[SampleWarehouse]:
    """Open a warehouse with the rows of data sets, whose files are in the lake already.

    It has the tables of all migrations, or those of the described warehouse `existing`, which get
    generated rows.
    """
    cloud = Cloud(endpoint="http://localhost:1", state=folder)
    warehouse = Warehouse("trial", folder / "warehouse", _USER, _DATABASE)
    try:
        opened = SampleWarehouse(warehouse, _AnyRole(cloud, "arn", list))
        opened.run(*_creating(existing))
        for each in data_sets:
            _create_catalog(each.name)
            opened.run(*each.statements(_deployed(each.name)))
        yield opened
    finally:
        warehouse.close()


def _creating(existing: str | None) -> list[str]:
    """Return the statements that create the tables."""
    if existing is None:
        return [text for migration in read_migrations() for text in migration.statements]
    described = read_existing_tables(EXISTING / existing)
    return [*described.statements, *described.rows]


def _deployed(pipeline: str) -> DeployedEnvironment:
    return DeployedEnvironment(
        lake_bucket=LAKE,
        warehouse={},
        administrator={},
        warehouse_role_arn=ROLE,
        pipelines={pipeline: {"CatalogDatabaseName": _CATALOG}},
    )


def _create_catalog(pipeline: str) -> None:
    """Create the Glue tables of catalog.json, which synthesis validates."""
    path = folder_of(pipeline) / "catalog.json"
    if not path.is_file():
        return
    glue = boto3.client("glue")
    glue.create_database(DatabaseInput={"Name": _CATALOG})
    for name, table in json.loads(path.read_text(encoding="utf-8")).items():
        glue.create_table(
            DatabaseName=_CATALOG,
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"skip.header.line.count": str(table["header_lines"])},
                "StorageDescriptor": {
                    "Columns": [{"Name": each, "Type": "string"} for each in table["columns"]],
                    "Location": f"s3://{LAKE}/incoming/{pipeline}/{table['folder']}/",
                    "SerdeInfo": {
                        "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
                        "Parameters": {"separatorChar": table["separator"], "quoteChar": '"'},
                    },
                    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                },
            },
        )
