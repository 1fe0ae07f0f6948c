"""The arguments of the command `new`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

NONE = dict.fromkeys(("from_csv", "from_query", "from_table", "warehouse", "target", "kind"))


def options(**given: Any) -> Namespace:
    """Return the parsed arguments; those that are not given are None."""
    return Namespace(**{**NONE, **given})
