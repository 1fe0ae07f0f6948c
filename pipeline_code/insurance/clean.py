"""Converts raw codes to the clean table: readable names, labels in place of codes, types."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.insurance.dictionary import COLUMNS, Column
from pipeline_code.insurance.raw import Codes


def clean_table(rows: Sequence[Codes], *, labels: bool) -> pa.Table:
    """Return the rows as a table with the columns of the dictionary, in its order.

    With `labels`, codes that have a label become ordered categories (Arrow dictionaries whose
    indices are in the order of the codes). Other codes, and all codes without `labels`,
    are int8. The target is boolean. A field's metadata contains the published code and meaning.
    """
    codes = np.array(rows, dtype=np.int8).reshape(len(rows), len(COLUMNS))
    arrays = [_array(codes[:, index], column, labels) for index, column in enumerate(COLUMNS)]
    fields = [
        pa.field(column.name, array.type, nullable=False, metadata=_metadata(column))
        for column, array in zip(COLUMNS, arrays, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _array(codes: npt.NDArray[np.int8], column: Column, labels: bool) -> pa.Array:
    domain = column.domain
    if domain.is_flag:
        return pa.array(codes == 1)
    if labels and domain.labels:
        categories = pa.array(domain.labels)
        return pa.DictionaryArray.from_arrays(
            codes - np.int8(domain.first), categories, ordered=True
        )
    return pa.array(codes)


def _metadata(column: Column) -> dict[str, str]:
    return {"code": column.code, "meaning": column.meaning}
