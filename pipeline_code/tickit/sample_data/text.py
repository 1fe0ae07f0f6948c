"""Small helpers that make columns of text out of arrays, fast."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]


def pick(rng: np.random.Generator, words: Sequence[str], count: int) -> pa.Array:
    """`count` of the words, drawn independently."""
    return pa.array(words).take(pa.array(rng.integers(0, len(words), count)))


def joined(*parts: pa.Array | str, by: str = "") -> pa.Array:
    """The parts of each row put together; a plain string is the same in every row."""
    return pc.binary_join_element_wise(*parts, by)


def letters(rng: np.random.Generator, alphabet: str, shape: tuple[int, int]) -> pa.Array:
    """Words of `shape[1]` letters of the alphabet each."""
    drawn = np.array(list(alphabet))[rng.integers(0, len(alphabet), shape)]
    return pa.array(drawn.view(f"U{shape[1]}").ravel())


def logical(values: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """TRUE and FALSE as the published files write them; nothing where not known."""
    mask = None if known is None else ~known
    return pc.if_else(pa.array(values, mask=mask), "TRUE", "FALSE")


def money(cents: Integers) -> pa.Array:
    """Amounts with two decimals."""
    whole = pa.array(cents // 100).cast(pa.string())
    return joined(whole, pc.utf8_lpad(pa.array(cents % 100).cast(pa.string()), 2, "0"), by=".")


def moments(seconds: Integers, form: str) -> pa.Array:
    """Times given in seconds since 1970, in the form of strftime."""
    return pc.strftime(pa.array(seconds).cast(pa.timestamp("s")), form)
