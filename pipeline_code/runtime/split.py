"""Splits rows into sides such as train and test, by the content of each row."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]


def split(rows: pa.Table, shares: Mapping[str, float], *, seed: int = 0) -> dict[str, pa.Table]:
    """Return the rows of each side, in their order; `shares` (side -> share of rows) sum to 1.

    A hash of all values of a row selects its side. So equal rows are on the same side, and the side
    of a row does not depend on files, instances or other rows: a test row of a run was never a
    training row of an earlier run.
    """
    return _sides(rows, shares, _hashes_of_rows(rows, seed))


def split_by_key(
    rows: pa.Table, shares: Mapping[str, float], *, key: Sequence[str], seed: int = 0
) -> dict[str, pa.Table]:
    """Split like `split`, by the columns of `key` only: rows of one group are on the same side.

    The columns must be whole numbers or dates.
    """
    return _sides(rows, shares, _hashes_of_keys(rows, key, seed))


def _sides(rows: pa.Table, shares: Mapping[str, float], hashes: Hashes) -> dict[str, pa.Table]:
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"shares {dict(shares)}: they must add up to 1")
    # In [0, 1); a double represents 53 bits exactly.
    uniform = (hashes >> np.uint64(11)).astype(np.float64) / 2**53
    # Each side is the interval of [0, 1) that ends at its bound.
    bounds = np.cumsum(list(shares.values()))[:-1]
    sides = np.searchsorted(bounds, uniform, side="right")
    return {name: rows.filter(pa.array(sides == side)) for side, name in enumerate(shares)}


def _hashes_of_rows(rows: pa.Table, seed: int) -> Hashes:
    """A hash of all values of each row, of shape (rows,)."""
    texts = [column.cast(pa.string()) for column in rows.columns]
    joined = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace")
    salt = seed.to_bytes(8, "little")
    digests = (blake2b(text.encode(), digest_size=8, salt=salt) for text in joined.to_pylist())
    return np.frombuffer(b"".join(digest.digest() for digest in digests), dtype="<u8")


def _hashes_of_keys(rows: pa.Table, key: Sequence[str], seed: int) -> Hashes:
    hashes = np.full(rows.num_rows, seed, dtype=np.uint64)
    for name in key:
        values = rows[name].to_numpy()
        if values.dtype.kind == "M":
            values = values.astype("datetime64[D]")
        hashes = mixed(hashes ^ values.astype(np.int64).view(np.uint64))
    return hashes


def mixed(values: Hashes) -> Hashes:
    """Mix the bits of each value, so that every bit affects all bits (finaliser of SplitMix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
