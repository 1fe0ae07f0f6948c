"""Custom resource that applies each migration of the warehouse once, then the rights of pipelines.

`migrations.json` in the same folder lists the migrations in order, each with its version, name,
checksum and statements. One transaction runs the statements of a migration and records it in the
table `applied_migrations`. `rights.json` lists the database roles of the pipelines (rights.py).
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients import client
from custom_resource import run_and_respond
from deadline import seconds_left
from rights import apply_rights
from statements import CancellationTimeout, StatementFailed, StatementTimeout, start_once, wait

logger = logging.getLogger()

MIGRATIONS = Path(__file__).with_name("migrations.json")
RIGHTS = Path(__file__).with_name("rights.json")
CONNECTION = ("ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn")
CREATE_RECORDS_TABLE = """\
CREATE TABLE IF NOT EXISTS {schema}applied_migrations (
  version INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  checksum CHAR(64) NOT NULL,
  applied_at TIMESTAMP DEFAULT SYSDATE
)"""


# The steps need a second environment: a workgroup has no data before a snapshot is restored to it.
KEEP_DATA = """\
the cluster {cluster} would be replaced by an empty workgroup, and this environment retains its \
data: set warehouse.kind back to "provisioned". To move the data to Redshift Serverless, (1) aws \
redshift create-cluster-snapshot --cluster-identifier {cluster} --snapshot-identifier \
{cluster}-moved; (2) add an environment with a serverless warehouse and deploy it; (3) aws \
redshift-serverless restore-from-snapshot --snapshot-arn ARN --namespace-name NAMESPACE \
--workgroup-name WORKGROUP --manage-admin-password; (4) run its pipelines, then destroy this \
environment"""


class DataWouldBeLost(Exception):
    """The deployment would replace a warehouse whose data the environment retains."""


class MigrationFailed(Exception):
    """A migration could not be applied; the message says which and why."""


@dataclass(frozen=True)
class Warehouse:
    """A database that is reached through the Redshift Data API.

    `connection` holds the Data API parameters that identify the database and its administrator.
    `schema` is the prefix of the tables that record what was applied, such as "redline.".
    `request` is the id of CloudFormation's request; Lambda may invoke the function again for the
    same request.
    """

    client: Any
    connection: dict[str, str]
    seconds_left: Callable[[], float]
    request: str
    schema: str = ""

    def run(self, *statements: str, work: str = "") -> str:
        """Run statements in one transaction, wait for it, and return the id of the batch.

        For the same request, the same `work` is started only once: if an earlier invocation has
        started it, wait for that batch.

        Raises:
            MigrationFailed: the batch failed, was aborted, or took too long.
        """
        key = [self.request, work] if work else [str(uuid.uuid4())]
        sqls = list(statements)
        statement = start_once(self.client, key, self.seconds_left, Sqls=sqls, **self.connection)
        try:
            wait(self.client, statement, self.seconds_left)
        except StatementFailed as failed:
            raise MigrationFailed(_error_message(failed.described)) from failed
        except (StatementTimeout, CancellationTimeout) as error:
            raise MigrationFailed(str(error)) from error
        return statement

    def rows(self, sql: str) -> Iterator[list[Any]]:
        """Yield the rows of a query. A field of a record has one member, which holds the value."""
        page = {"Id": f"{self.run(sql)}:1"}
        while True:
            result = self.client.get_statement_result(**page)
            for record in result["Records"]:
                yield [next(iter(column.values())) for column in record]
            if not result.get("NextToken"):
                return
            page["NextToken"] = result["NextToken"]


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" does nothing, others apply the migrations."""
    properties = event["ResourceProperties"]
    warehouse = properties.get("ClusterIdentifier") or properties["WorkgroupName"]

    def work() -> str:
        if event["RequestType"] == "Delete":
            return "Nothing to do"
        refuse_empty_warehouse(event)
        connected = _warehouse(event, context)
        applied = apply(connected, json.loads(MIGRATIONS.read_text()))
        changed = apply_rights(connected, json.loads(RIGHTS.read_text()))
        roles = f"; rights changed: {', '.join(changed)}" if changed else ""
        return f"Applied: {', '.join(applied) or 'no new migrations'}{roles}"

    run_and_respond(event, physical_id=f"{warehouse}/{properties['Database']}", work=work)


def refuse_empty_warehouse(event: dict[str, Any]) -> None:
    """Reject the replacement of a cluster by a workgroup where data is retained.

    CloudFormation deletes the cluster only after this resource was updated, and a failed update is
    rolled back. That rollback calls the function with the cluster as the new warehouse.

    Raises:
        DataWouldBeLost: the message lists the steps that move the data.
    """
    old, new = event.get("OldResourceProperties", {}), event["ResourceProperties"]
    cluster = old.get("ClusterIdentifier")
    if cluster and "WorkgroupName" in new and new["Removal"] == "retain":
        raise DataWouldBeLost(KEEP_DATA.format(cluster=cluster))


def apply(warehouse: Warehouse, migrations: list[dict[str, Any]]) -> list[str]:
    """Apply the migrations that the database does not have yet. Return their names.

    The database may have newer versions than `migrations`, because a rollback deploys older code.
    They are ignored.

    Raises:
        MigrationFailed: a migration was edited after it was applied, or a statement failed.
    """
    warehouse.run(CREATE_RECORDS_TABLE.format(schema=warehouse.schema))
    records = f"SELECT version, checksum FROM {warehouse.schema}applied_migrations"
    applied = {int(version): str(checksum).strip() for version, checksum in warehouse.rows(records)}
    _refuse_edited(migrations, applied)
    pending = [migration for migration in migrations if migration["version"] not in applied]
    for migration in pending:
        _apply_one(warehouse, migration)
    return [migration["name"] for migration in pending]


def _refuse_edited(migrations: list[dict[str, Any]], applied: dict[int, str]) -> None:
    for migration in migrations:
        checksum = applied.get(migration["version"], migration["checksum"])
        if checksum != migration["checksum"]:
            raise MigrationFailed(
                f"{migration['name']} was edited after it was applied (checksum then "
                f"{checksum[:12]}, now {migration['checksum'][:12]}): restore it and put the "
                "change into a new migration"
            )


def _apply_one(warehouse: Warehouse, migration: dict[str, Any]) -> None:
    # These values are safe in SQL text: `warehouse.schema` validated them when it read the file.
    record = (
        f"INSERT INTO {warehouse.schema}applied_migrations (version, name, checksum) VALUES "
        f"({migration['version']:d}, '{migration['name']}', '{migration['checksum']}')"
    )
    try:
        warehouse.run(*migration["statements"], record, work=record)
    except MigrationFailed as error:
        raise MigrationFailed(f"{migration['name']}: {error}") from error
    logger.info("Applied %s", migration["name"])


def _error_message(described: dict[str, Any]) -> str:
    """Return the error message, with the statement of the batch that failed."""
    error = described.get("Error") or f"the statement is {described['Status']}"
    for number, part in enumerate(described.get("SubStatements", []), start=1):
        if part["Status"] == "FAILED":
            sql = " ".join(part.get("QueryString", "").split())[:120]
            return f"statement {number} ({sql}): {part.get('Error') or error}"
    return str(error)


def _warehouse(event: dict[str, Any], context: Any) -> Warehouse:
    properties = event["ResourceProperties"]
    return Warehouse(
        client=client("redshift-data"),
        connection=administrator(properties),
        seconds_left=lambda: seconds_left(context),
        request=event["RequestId"],
        schema=f"{properties['Schema']}." if "Schema" in properties else "",
    )


def administrator(properties: dict[str, str]) -> dict[str, str]:
    """Return the Data API parameters that identify the warehouse and its administrator.

    CloudFormation does not return the secret of a serverless namespace, so GetNamespace is called
    if the properties include NamespaceName.
    """
    found = {name: properties[name] for name in CONNECTION if name in properties}
    if "NamespaceName" not in properties:
        return found
    response = client("redshift-serverless").get_namespace(
        namespaceName=properties["NamespaceName"]
    )
    return {**found, "SecretArn": response["namespace"]["adminPasswordSecretArn"]}
