"""Prints the lines of costs with their totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from rich.console import Console

from execution_reader.run_cost import RunCostLine
from operations.cost.idle_cost import CostLine
from operations.output import print_rows
from prices import Price

UNKNOWN = "unknown"
# A job of a minute costs fractions of a cent.
_RUN_DIGITS = 4
_IDLE = ("stack", "what", "price", "a month")
_RUN = ("step", "job", "instances", "minutes", "price", "cost")


def print_idle_costs(
    lines: Sequence[CostLine], by_use: Iterable[str], *, short: Callable[[str], str]
) -> None:
    """Print a line per resource; equal resources of a stack share a line with their number."""
    groups = groupby(lines, key=lambda each: (each.stack, each.description, each.units, each.price))
    rows = [
        (short(stack), _counted(len(found), text), price_text(price), money(_month(found)))
        for (stack, text, _, price), found in ((key, list(group)) for key, group in groups)
    ]
    print_rows(_IDLE, rows)
    _print_total("a month while nothing runs", [each.month for each in lines])
    _print("Billed only while it is used: " + ", ".join(by_use) + ".")


def print_run_costs(lines: Sequence[RunCostLine]) -> None:
    """Print a line per job."""
    print_rows(_RUN, [_run_row(each) for each in lines])
    _print_total("for the instances of the jobs", [each.usd for each in lines], digits=_RUN_DIGITS)


def _print_total(what: str, costs: Sequence[float | None], *, digits: int = 2) -> None:
    """Print the sum; it says how many prices are unknown, so that it is not taken for the whole."""
    unknown = sum(each is None for each in costs)
    more = f", and {unknown} unknown (see docs/cost.md)" if unknown else ""
    _print(f"Total: {money(sum(each or 0 for each in costs), digits=digits)}{more} {what}.")


def money(usd: float | None, *, digits: int = 2) -> str:
    """Return an amount of US dollars; `unknown` for None."""
    return UNKNOWN if usd is None else f"${usd:,.{digits}f}"


def price_text(price: Price | None) -> str:
    """Return the price of one unit; `unknown` for None."""
    return UNKNOWN if price is None else f"${price.usd:g} per {price.unit}"


def _run_row(line: RunCostLine) -> tuple[str, ...]:
    used = line.used
    instances = f"{used.count} × {used.type}" if used else UNKNOWN
    minutes = f"{used.seconds / 60:.1f}" if used else UNKNOWN
    return (
        line.step,
        line.job,
        instances,
        minutes,
        price_text(line.price),
        money(line.usd, digits=_RUN_DIGITS),
    )


def _month(lines: Sequence[CostLine]) -> float | None:
    months = [each.month for each in lines if each.month is not None]
    return sum(months) if len(months) == len(lines) else None


def _counted(number: int, text: str) -> str:
    return text if number == 1 else f"{number} × {text}"


def _print(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
