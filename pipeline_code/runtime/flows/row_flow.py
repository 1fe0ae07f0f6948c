"""Applies a fitted flow to the single row of a request, without record batches.

A function of pyarrow takes microseconds for one value. So each transform is a function of a row
(`Transform.row_function`), made once for the types of the columns. The features are the same, bit
for bit.
"""

from collections.abc import Sequence
from math import nan

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import Numbers, is_feature
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform

# Python represents the values of these types exactly.
_TYPES = {pa.int64(), pa.float64(), pa.bool_(), pa.string(), pa.date32(), pa.timestamp("us")}


class RowFlow:
    """The functions of a row with the columns of one schema, that of the last request."""

    def __init__(
        self, columns: Sequence[str], transforms: Sequence[Transform], features: Sequence[str]
    ) -> None:
        self._columns, self._transforms, self._features = columns, transforms, features
        self._schema: pa.Schema | None = None
        self._places: Sequence[tuple[int, str]] = ()
        self._functions: Sequence[RowFunction] | None = None

    def matrix(self, row: pa.Table) -> Numbers | None:
        """The features of a table of one row, of shape (1, features).

        It is None if Python does not represent a value, or columns are missing or are no features.
        Then the flow is applied to a batch.
        """
        if self._schema is None or not self._schema.equals(row.schema):
            self._compile(row.schema)
        if self._functions is None:
            return None
        try:
            values: Row = {name: row.column(place)[0].as_py() for place, name in self._places}
        except (OverflowError, ValueError):
            # A time after the year 9999.
            return None
        for function in self._functions:
            function(values)
        found = [values[name] for name in self._features]
        return np.array([[nan if value is None else value for value in found]], dtype=np.float64)

    def _compile(self, schema: pa.Schema) -> None:
        self._schema = schema
        places = [(place, n) for place, n in enumerate(schema.names) if n in self._columns]
        columns = pa.schema([schema.field(place) for place, _ in places])
        self._places, self._functions = places, None
        if {*columns.names} != {*self._columns} or not _TYPES.issuperset(columns.types):
            return
        functions = []
        for transform in self._transforms:
            functions.append(transform.row_function(columns))
            columns = transform.outputs(columns)
        if all(is_feature(columns.field(name).type) for name in self._features):
            self._functions = functions
