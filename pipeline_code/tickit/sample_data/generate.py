"""Generates the tables that are not given, each from its own stream of random numbers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from pipeline_code.tickit.sample_data import market, places
from pipeline_code.tickit.sample_data.tables import TABLES

Generator = Callable[[np.random.Generator, Mapping[str, pa.Table]], pa.Table]
GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        "users": places.users,
        "venue": places.venue,
        "category": places.category,
        "date": places.date,
        "event": market.event,
        "listing": market.listing,
        "sales": market.sales,
    }
)


def generate(given: Mapping[str, pa.Table], *, seed: int) -> dict[str, pa.Table]:
    """Return all seven tables: the given tables, and generated tables with matching keys.

    Only the columns in `files.NEEDED` of given tables are used. The same seed and the same given
    tables produce the same tables.
    """
    tables = dict(given)
    for index, name in enumerate(TABLES):
        if name not in given:
            tables[name] = GENERATORS[name](np.random.default_rng([seed, index]), tables)
    return tables
