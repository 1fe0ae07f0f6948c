"""Every resource type of the templates has an entry in the tables of costs."""

from __future__ import annotations

from operations.assembly import Assembly
from operations.cost.idle_cost import idle_costs
from prices import PriceTable


def test_every_resource_has_a_cost_or_is_free(environment):
    name, region = environment.environment.name, environment.environment.region
    needs = Assembly.read(environment.folder, prefix=f"redline-{name}-", region=region)
    assert idle_costs(needs, PriceTable.read())
