"""The committed prices of AWS."""

from prices.price_table import FILE, HOURS_PER_MONTH, Price, PriceTable

__all__ = ["FILE", "HOURS_PER_MONTH", "Price", "PriceTable"]
