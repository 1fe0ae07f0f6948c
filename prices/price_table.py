"""The committed prices: each with its unit, the date on which it was read, and its source.

Prices are those of one region. A price that is not in the table is unknown; it is not estimated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HOURS_PER_MONTH = 730
FILE = Path(__file__).with_name("prices.json")
Unit = Literal["hour", "month"]


@dataclass(frozen=True, kw_only=True)
class Price:
    """The price in US dollars of one unit, the date on which it was read, and the URL."""

    usd: float
    unit: Unit
    read: str
    source: str

    @property
    def per_month(self) -> float:
        """The price of a month."""
        return self.usd * (HOURS_PER_MONTH if self.unit == "hour" else 1)


@dataclass(frozen=True)
class PriceTable:
    """The prices of a region, by their names."""

    region: str
    prices: Mapping[str, Price]

    @classmethod
    def read(cls, file: Path = FILE) -> PriceTable:
        """Read the table."""
        document = json.loads(file.read_text(encoding="utf-8"))
        prices = {name: Price(**each) for name, each in document["prices"].items()}
        return cls(document["region"], prices)

    def write(self, file: Path = FILE) -> None:
        """Write the table."""
        prices = {name: vars(each) for name, each in sorted(self.prices.items())}
        document = {"region": self.region, "prices": prices}
        file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    def price(self, name: str, region: str) -> Price | None:
        """Return the price in a region; None if it is unknown."""
        return self.prices.get(name) if region == self.region else None
