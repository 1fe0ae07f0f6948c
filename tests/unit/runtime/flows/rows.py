"""Rows with numbers, categories, times and texts, some of them missing."""

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    Column,
    Schema,
)

SCHEMA = Schema(
    (
        Column("sold", FLOAT),
        Column("price", FLOAT, nullable=True),
        Column("seats", INTEGER, nullable=True),
        Column("open", BOOLEAN, nullable=True),
        Column("place", STRING, nullable=True),
        Column("note", STRING, nullable=True),
        Column("day", DATE, nullable=True),
        Column("at", TIMESTAMP, nullable=True),
        Column("venue", INTEGER),
    )
)
_WORDS = ("loud", "Music", "in", "the", "park", "a", "zoo", "tickets", "sold", "out")


def rows_of(count: int, seed: int = 0, *, missing: float = 0.1) -> pa.Table:
    """Random rows; a share of the values of nullable columns is missing."""
    random = np.random.default_rng(seed)
    columns = {
        "sold": random.gamma(2.0, 20.0, count),
        "price": np.exp(random.normal(3, 1, count)) * random.choice([1, -1], count),
        "seats": random.integers(1, 500, count),
        "open": random.integers(0, 2, count).astype(bool),
        "place": random.choice(["Hall", "Arena", "Club", "Barn"], count, p=[0.5, 0.3, 0.15, 0.05]),
        "note": [" ".join(random.choice(_WORDS, random.integers(1, 9))) for _ in range(count)],
        "day": [date(2008, 1, 1) + timedelta(int(n)) for n in random.integers(0, 366, count)],
        "at": [
            datetime(2008, 1, 1) + timedelta(seconds=float(n))
            for n in random.integers(0, 31_536_000, count)
        ],
        "venue": random.integers(1, 40, count),
    }
    arrays = []
    for column in SCHEMA.columns:
        mask = random.random(count) < missing if column.nullable else np.zeros(count, bool)
        arrays.append(pa.array(list(columns[column.name]), column.type.arrow, mask=mask))
    return pa.table(arrays, schema=SCHEMA.arrow())
