"""Applies the warehouse's migrations, each once: a custom resource of CloudFormation.

`migrations.json` beside this file holds them in order: version, name, checksum, statements.
Each is applied in one transaction with its record in the table `applied_migrations`.
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
from custom_resource import carry_out
from deadline import seconds_left
from statements import DoesNotStop, StatementFailed, TookTooLong, start_once, wait

logger = logging.getLogger()

MIGRATIONS = Path(__file__).with_name("migrations.json")
RECORDS = """\
CREATE TABLE IF NOT EXISTS applied_migrations (
  version INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  checksum CHAR(64) NOT NULL,
  applied_at TIMESTAMP DEFAULT SYSDATE
)"""


class MigrationFailed(Exception):
    """A migration could not be applied; the message says which and why."""


@dataclass(frozen=True)
class Warehouse:
    """One database reached by the Redshift Data API.

    `target` says which, as its administrator; `seconds_left` says how long a statement may still
    take. `request` is who asks: Lambda may ask again for the same request of CloudFormation.
    """

    client: Any
    target: dict[str, str]
    seconds_left: Callable[[], float]
    request: str

    def run(self, *statements: str, work: str = "") -> str:
        """Run statements in one transaction to the end; gives the id of the batch.

        `work` is begun once for a request: what a former invocation has left running is waited for.
        """
        named = [self.request, work] if work else [str(uuid.uuid4())]
        sqls = list(statements)
        statement = start_once(self.client, named, self.seconds_left, Sqls=sqls, **self.target)
        try:
            wait(self.client, statement, self.seconds_left)
        except StatementFailed as failed:
            raise MigrationFailed(_error(failed.described)) from failed
        except (TookTooLong, DoesNotStop) as error:
            raise MigrationFailed(str(error)) from error
        return statement

    def rows(self, sql: str) -> Iterator[list[Any]]:
        """The rows of a query; a field is whatever its one typed member holds."""
        page = {"Id": f"{self.run(sql)}:1"}
        while True:
            result = self.client.get_statement_result(**page)
            for record in result["Records"]:
                yield [next(iter(column.values())) for column in record]
            if not result.get("NextToken"):
                return
            page["NextToken"] = result["NextToken"]


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Create and Update apply the migrations, Delete does nothing."""
    properties = event["ResourceProperties"]
    warehouse = properties.get("ClusterIdentifier") or properties["WorkgroupName"]

    def work() -> str:
        if event["RequestType"] == "Delete":
            return "Nothing to do"
        applied = apply(_warehouse(event, context), json.loads(MIGRATIONS.read_text()))
        return f"Applied: {', '.join(applied) or 'nothing new'}"

    carry_out(event, physical_id=f"{warehouse}/{properties['Database']}", work=work)


def apply(warehouse: Warehouse, migrations: list[dict[str, Any]]) -> list[str]:
    """Apply what the database has not seen and give the names.

    Versions that only the database knows are left alone: a rollback deploys older code.

    Raises:
        MigrationFailed: an applied migration was edited since, or a statement failed.
    """
    warehouse.run(RECORDS)
    known = {
        int(version): str(checksum).strip()
        for version, checksum in warehouse.rows("SELECT version, checksum FROM applied_migrations")
    }
    _refuse_edited(migrations, known)
    pending = [migration for migration in migrations if migration["version"] not in known]
    for migration in pending:
        _apply_one(warehouse, migration)
    return [migration["name"] for migration in pending]


def _refuse_edited(migrations: list[dict[str, Any]], known: dict[int, str]) -> None:
    for migration in migrations:
        applied = known.get(migration["version"], migration["checksum"])
        if applied != migration["checksum"]:
            raise MigrationFailed(
                f"{migration['name']} was edited after it was applied (checksum then "
                f"{applied[:12]}, now {migration['checksum'][:12]}): restore it and put the "
                "change into a new migration"
            )


def _apply_one(warehouse: Warehouse, migration: dict[str, Any]) -> None:
    # The Data API takes no parameters in a batch; version, name and checksum are our own and
    # were checked when the file was read.
    record = (
        "INSERT INTO applied_migrations (version, name, checksum) VALUES "
        f"({migration['version']:d}, '{migration['name']}', '{migration['checksum']}')"
    )
    try:
        warehouse.run(*migration["statements"], record, work=record)
    except MigrationFailed as error:
        raise MigrationFailed(f"{migration['name']}: {error}") from error
    logger.info("Applied %s", migration["name"])


def _error(described: dict[str, Any]) -> str:
    """What failed, with the statement of a batch at which it did."""
    error = described.get("Error") or f"the statement is {described['Status']}"
    for number, part in enumerate(described.get("SubStatements", []), start=1):
        if part["Status"] == "FAILED":
            sql = " ".join(part.get("QueryString", "").split())[:120]
            return f"statement {number} ({sql}): {part.get('Error') or error}"
    return str(error)


def _warehouse(event: dict[str, Any], context: Any) -> Warehouse:
    return Warehouse(
        client=client("redshift-data"),
        target=administrator(event["ResourceProperties"]),
        seconds_left=lambda: seconds_left(context),
        request=event["RequestId"],
    )


def administrator(properties: dict[str, str]) -> dict[str, str]:
    """What the Data API calls the warehouse and its administrator.

    A cluster comes with its SecretArn, a workgroup with its NamespaceName: that is asked for the
    secret, which CloudFormation cannot tell.
    """
    database = {"Database": properties["Database"]}
    if "ClusterIdentifier" in properties:
        cluster = {"ClusterIdentifier": properties["ClusterIdentifier"]}
        return {**cluster, **database, "SecretArn": properties["SecretArn"]}
    found = client("redshift-serverless").get_namespace(namespaceName=properties["NamespaceName"])
    secret = found["namespace"]["adminPasswordSecretArn"]
    return {"WorkgroupName": properties["WorkgroupName"], **database, "SecretArn": secret}
