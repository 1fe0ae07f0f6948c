"""What all mergeable statistics have in common."""

from typing import Protocol, Self

import pyarrow as pa


class Statistic(Protocol):
    """A summary of the values of a column.

    Merging the summaries of the parts of a column gives the summary of the column. A statistic of a
    transform does not depend on the order of the parts, bit for bit.
    """

    def update(self, values: pa.Array) -> None:
        """Add values; nulls are skipped or counted."""

    def merge(self, other: Self) -> None:
        """Add the values of another summary."""
