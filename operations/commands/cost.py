"""`cost`: show what an idle environment costs per month, or what a run has cost."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from execution_reader.execution import started_steps
from execution_reader.run_cost import RunCostLine, run_costs
from operations import OperationError
from operations.assembly import DEFAULT_FOLDER, Assembly
from operations.cost.idle_cost import billed_by_use, idle_costs, price_names
from operations.cost.refresh import refreshed
from operations.cost.tables import print_idle_costs, print_run_costs
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_execution
from operations.hourly_prices import pricing_client
from operations.options import Json, Templates
from operations.output import counted, show
from prices import FILE, PriceTable

HELP = "Show what the environment costs per month while nothing runs, or what a run has cost."
POLICY = "reader"
EXAMPLES = (
    "redline --env dev cost",
    "redline --env dev cost tickit/latest",
    "redline --env dev cost --refresh",
)


def run(
    aws: EnvironmentClients,
    execution: Annotated[
        str | None,
        typer.Argument(
            metavar="[EXECUTION]", help="A run; without it, the cost of the idle environment."
        ),
    ] = None,
    *,
    app: Templates = DEFAULT_FOLDER,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Read the prices again from the Price List API.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show the cost. Return 0 also if prices are unknown: the output names them."""
    if execution and refresh:
        raise OperationError(
            f"--refresh writes prices, not a cost: omit EXECUTION ({execution!r}) or --refresh"
        )
    table = PriceTable.read()
    if execution:
        sagemaker = aws.clients("sagemaker")
        steps = started_steps(sagemaker, find_execution(aws, execution)).values()
        _show_run(list(run_costs(sagemaker, steps, table)), as_json=as_json)
        return 0
    needs = Assembly.read(app, prefix=aws.prefix, region=aws.region)
    if refresh:
        _refresh(aws, needs, table, as_json=as_json)
    else:
        _show_idle(aws, needs, table, as_json=as_json)
    return 0


def _show_run(lines: list[RunCostLine], *, as_json: bool) -> None:
    if as_json:
        _print_json([{**asdict(each), "usd": each.usd} for each in lines])
    else:
        print_run_costs(lines)


def _show_idle(
    aws: EnvironmentClients, needs: Assembly, table: PriceTable, *, as_json: bool
) -> None:
    lines, by_use = idle_costs(needs, table), billed_by_use(needs)
    if as_json:
        found = [{**asdict(each), "usd_per_month": each.month} for each in lines]
        _print_json({"region": needs.region, "lines": found, "billed_by_use": by_use})
    else:
        print_idle_costs(lines, by_use, short=aws.short)


def _print_json(document: Any) -> None:
    show(document, text="", as_json=True)


def _refresh(aws: EnvironmentClients, needs: Assembly, table: PriceTable, *, as_json: bool) -> None:
    """Write the prices of today, and name those that the Price List API does not have."""
    names, today = price_names(needs) | set(table.prices), f"{datetime.now(UTC):%Y-%m-%d}"
    found, missing = refreshed(table, names, pricing_client(aws), today=today)
    if len(missing) == len(names):
        raise OperationError(
            f"The Price List API has none of the prices of {table.region}: {FILE} is unchanged."
        )
    found.write()
    lines = [
        f"{FILE}: {counted(len(names) - len(missing), 'price')} of {today}",
        *(
            f"{name}: not found in the Price List API; look it up and edit the file"
            for name in missing
        ),
    ]
    document = {
        "file": str(FILE),
        "date": today,
        "prices": sorted(names - set(missing)),
        "missing": sorted(missing),
    }
    show(document, text="\n".join(lines), as_json=as_json)
