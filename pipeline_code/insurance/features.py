"""The columns of the model: the codes of the dictionary, which are ordered numbers."""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.insurance.dictionary import COLUMNS, Domain
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import BOOLEAN, Column, ColumnType, Schema

TARGET = COLUMNS[-1].name


def _codes(domain: Domain) -> ColumnType:
    """The type of a column that allows only the codes of a domain."""

    def are_declared(given: pa.ChunkedArray) -> pa.ChunkedArray:
        return pc.and_(pc.greater_equal(given, domain.first), pc.less_equal(given, domain.last))

    looks = f"a whole number from {domain.first} to {domain.last}"
    return ColumnType(pa.int64(), domain.values.__contains__, looks, are_declared)


DATASET = Dataset(
    Schema(
        tuple(
            Column(column.name, BOOLEAN if column.domain.is_flag else _codes(column.domain))
            for column in COLUMNS
        )
    ),
    TARGET,
    positive=True,
)
FLOW = Flow(DATASET.schema, [], target=TARGET)
