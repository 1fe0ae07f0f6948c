"""Applies a fitted flow to the single row of a request, without record batches.

A function of pyarrow takes microseconds for one value. So each transform is a function of a row
(`Transform.row_function`), made once for the types of the columns. The features are the same, bit
for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import Numbers, is_feature
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform

# Python represents the values of these types exactly.
_TYPES = {pa.int64(), pa.float64(), pa.bool_(), pa.string(), pa.date32(), pa.timestamp("us")}


@dataclass(frozen=True)
class _Compiled:
    """The places of the columns in rows with a schema, and the functions of such a row.

    `functions` is None if the flow has to be applied to a batch.
    """

    schema: pa.Schema
    places: Sequence[tuple[int, str]]
    functions: Sequence[RowFunction] | None


class RowFlow:
    """The functions of a row with the columns of one schema, that of the last request.

    Threads may share it: what belongs to a schema is replaced at once.
    """

    def __init__(
        self, columns: Sequence[str], transforms: Sequence[Transform], features: Sequence[str]
    ) -> None:
        self._columns, self._transforms, self._features = columns, transforms, features
        self._last: _Compiled | None = None

    def matrix(self, row: pa.Table) -> Numbers | None:
        """The features of a table of one row, of shape (1, features).

        It is None if Python does not represent a value, or columns are missing or are no features.
        Then the flow is applied to a batch.
        """
        compiled = self._last
        if compiled is None or not compiled.schema.equals(row.schema):
            compiled = self._last = self._compile(row.schema)
        if compiled.functions is None:
            return None
        try:
            values: Row = {name: row.column(place)[0].as_py() for place, name in compiled.places}
        except (OverflowError, ValueError):
            # A time after the year 9999.
            return None
        for function in compiled.functions:
            function(values)
        found = [values[name] for name in self._features]
        return np.array([[nan if value is None else value for value in found]], dtype=np.float64)

    def _compile(self, schema: pa.Schema) -> _Compiled:
        places = [(place, n) for place, n in enumerate(schema.names) if n in self._columns]
        columns = pa.schema([schema.field(place) for place, _ in places])
        if {*columns.names} != {*self._columns} or not _TYPES.issuperset(columns.types):
            return _Compiled(schema, places, None)
        functions = []
        for transform in self._transforms:
            functions.append(transform.row_function(columns))
            columns = transform.outputs(columns)
        features = [columns.field(name).type for name in self._features]
        return _Compiled(schema, places, functions if all(map(is_feature, features)) else None)
