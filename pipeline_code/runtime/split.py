"""Deals rows out to training, validation and test sides, each row by its own content alone."""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def split(rows: pa.Table, shares: Mapping[str, float], *, seed: int = 0) -> dict[str, pa.Table]:
    """The rows of each side in their order; `shares` (side -> share of the rows) add up to 1.

    A hash of all its values decides a row's side. So equal rows are never on different sides, and
    neither the files, the instances nor the other rows move a row: what a model of an earlier run
    was fitted on is never among the test rows of a later one.
    """
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"shares {dict(shares)}: they must add up to 1")
    # Each side is the interval of [0, 1) that ends at its bound.
    bounds = np.cumsum(list(shares.values()))[:-1]
    sides = np.searchsorted(bounds, _uniform(rows, seed), side="right")
    return {name: rows.filter(pa.array(sides == side)) for side, name in enumerate(shares)}


def _uniform(rows: pa.Table, seed: int) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each row, the same one for equal rows."""
    texts = [column.cast(pa.string()) for column in rows.columns]
    joined = pc.binary_join_element_wise(*texts, "\x1f")
    salt = seed.to_bytes(8, "little")
    digests = (blake2b(text.encode(), digest_size=8, salt=salt) for text in joined.to_pylist())
    hashed = np.frombuffer(b"".join(digest.digest() for digest in digests), dtype="<u8")
    # 53 bits are what a double holds exactly.
    return (hashed >> np.uint64(11)).astype(np.float64) / 2**53
