"""`schema`: describe the tables of an existing warehouse in files of this project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.output import counted, show
from operations.sql.statements import StatementFailed, execute
from operations.sql.warehouses import find_warehouse
from stacks.config import ExistingWarehouse
from warehouse import WarehouseError
from warehouse.described.description import Description, describe
from warehouse.existing_tables import FOLDER

HELP = "Describe tables of the existing warehouse in warehouse/existing: types, rows, no values."
POLICY = "operator"
EXAMPLES = (
    "redline --env analytics schema public.sales public.customers",
    "redline --env analytics schema 'shop.*' --user analyst",
    "redline --env analytics schema",
)


def run(
    aws: EnvironmentClients,
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TABLE",
            help="schema.table, or schema.* (default: the tables that are described already).",
        ),
    ] = None,
    *,
    user: Annotated[
        str | None, typer.Option(help="Database user (default: the administrator).")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Folder of the descriptions of existing warehouses.")
    ] = FOLDER,
    as_json: Json = False,
) -> int:
    """Write the files and print what they contain."""
    warehouse = aws.environment.warehouse
    if not isinstance(warehouse, ExistingWarehouse):
        raise OperationError(
            f"the warehouse of {aws.name} is created by the app, so its migrations describe the "
            "tables: this command is for Warehouse.existing(…)"
        )
    target = find_warehouse(aws, warehouse.name)
    request = target.request(database=warehouse.database, user=user)
    client = aws.clients("redshift-data")

    def rows(sql: str) -> list[list[Any]]:
        result = execute(client, sql, request, as_csv=False)
        return [row for _, more in result.pages() for row in more]

    try:
        found = describe(rows, folder / warehouse.folder, tables or [], source=target.name)
    except StatementFailed as error:
        raise OperationError(f"{target.name} rejected a query: {error}") from error
    except WarehouseError as error:
        raise OperationError(str(error)) from error
    show(_document(found), text=_text(found), as_json=as_json)
    return 0


def _document(found: Description) -> dict[str, Any]:
    return {
        "files": [str(each) for each in found.files],
        "tables": {".".join(table): len(columns) for table, columns in found.types.items()},
    }


def _text(found: Description) -> str:
    lines = [
        f"{'.'.join(table)}: {counted(len(columns), 'column')}"
        for table, columns in found.types.items()
    ]
    files = [f"Wrote {each}" for each in found.files]
    return "\n".join([*lines, *files, *found.remarks])
