"""The words of texts, and weights of words by text."""

import re
from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.float64]
# Words of two or more letters or digits, as scikit-learn's default `token_pattern`.
_WORD = re.compile(r"(?u)\b\w\w+\b")


def words_of(texts: pa.Array) -> list[Counter[str]]:
    """The number of each word, in lower case, for each text; none for a missing text."""
    return [Counter(_WORD.findall((text or "").lower())) for text in texts.to_pylist()]


def normalized(weights: Numbers) -> Numbers:
    """Scale each row of shape (texts, words) to the length 1; a row of zeros stays."""
    lengths: Numbers = np.sqrt(np.sum(weights**2, axis=1, keepdims=True))
    return weights / np.where(lengths > 0, lengths, 1.0)
