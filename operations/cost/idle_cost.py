"""The monthly cost of an environment in which nothing runs, one line per resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from operations.assembly import Assembly
from operations.cost.resource_costs import BILLED_BY_USE, Charge, charges_of, endpoint_charges
from operations.preflight.definitions import definitions
from prices import Price, PriceTable


@dataclass(frozen=True)
class CostLine:
    """A resource and its cost per month in US dollars; None if the price is unknown."""

    stack: str
    resource: str
    description: str
    units: int
    price: Price | None

    @property
    def month(self) -> float | None:
        """The cost of a month."""
        return None if self.price is None else self.units * self.price.per_month


def idle_costs(needs: Assembly, table: PriceTable) -> list[CostLine]:
    """Return the lines of all stacks and of the endpoints that their deployers create."""
    return [
        CostLine(
            stack, name, charge.description, charge.units, table.price(charge.price, needs.region)
        )
        for stack, name, charge in _charges(needs)
    ]


def price_names(needs: Assembly) -> set[str]:
    """Return the names of the prices of an idle environment and of the jobs of its pipelines."""
    jobs = {
        f"{each.usage.removesuffix(' job')} {each.type}"
        for definition in definitions(needs)
        for each in definition.instances()
    }
    return {charge.price for _, _, charge in _charges(needs)} | jobs


def billed_by_use(needs: Assembly) -> dict[str, int]:
    """Return the resource types that cost nothing while nothing runs, and their numbers."""
    found = [each.kind for stack in needs.stacks for each in stack.resources]
    return {kind: found.count(kind) for kind in BILLED_BY_USE if kind in found}


def _charges(needs: Assembly) -> Iterator[tuple[str, str, Charge]]:
    for stack in needs.stacks:
        for resource in stack.resources:
            for charge in charges_of(resource):
                yield stack.name, resource.logical_id, charge
    for endpoint, charge in endpoint_charges(needs):
        yield f"{endpoint.endpoint}-serving", endpoint.endpoint, charge
