"""Shows the source of each file, and the rows of each table before and after a load."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from warehouse.load_plan import LoadPlan

_IGNORED_SHOWN = 20


def print_files(title: str, plan: LoadPlan, console: Console) -> None:
    """Print a line for each file: used, generated, or ignored because no data set reads it."""
    console.print(f"{title}:", highlight=False, markup=False, soft_wrap=True)
    lines = [f"{'used' if each.real else 'generated':<9}  {each.place}" for each in plan.files]
    lines += [f"ignored    {name} (no data set reads it)" for name in plan.ignored[:_IGNORED_SHOWN]]
    if (more := len(plan.ignored) - _IGNORED_SHOWN) > 0:
        lines.append(f"ignored    {more:,} more files")
    for line in lines:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def print_rows(title: str, console: Console, **columns: Mapping[str, int]) -> None:
    """Print row counts under a title; each column maps a table of the warehouse to its rows."""
    console.print(f"{title}:", highlight=False)
    table = Table("table")
    for heading in columns:
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(name for counts in columns.values() for name in counts):
        table.add_row(name, *(f"{counts[name]:,}" for counts in columns.values()))
    console.print(table)
