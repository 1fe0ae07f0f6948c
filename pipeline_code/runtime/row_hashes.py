"""A hash of each row of a record batch, computed by column."""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.split import mixed

Hashes = npt.NDArray[np.uint64]


def hashes_of(batch: pa.RecordBatch) -> Hashes:
    """The hash of all values of each row, of shape (rows,); equal rows have equal hashes."""
    hashes = np.zeros(batch.num_rows, dtype=np.uint64)
    for values in batch.columns:
        hashes = mixed(hashes ^ _hashes_of_values(values))
    return hashes


def _hashes_of_values(values: pa.Array) -> Hashes:
    if pa.types.is_floating(values.type):
        numbers = pc.add(values, 0.0).fill_null(float("nan")).to_numpy(zero_copy_only=False)
        return np.asarray(numbers, dtype=np.float64).view(np.uint64)
    if pa.types.is_string(values.type):
        encoded = pc.dictionary_encode(values, null_encoding="encode")
        hashes = [_hash_of_text(text or "") for text in encoded.dictionary.to_pylist()]
        of_rows: Hashes = np.array(hashes, dtype=np.uint64)[encoded.indices.to_numpy()]
        return of_rows
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    numbers = whole.cast(pa.int64()).fill_null(-(2**63)).to_numpy(zero_copy_only=False)
    return np.asarray(numbers, dtype=np.int64).view(np.uint64)


def _hash_of_text(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
