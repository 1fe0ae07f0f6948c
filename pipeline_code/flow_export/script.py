"""The text of a script that applies a flow to files."""

import inspect
from dataclasses import fields

from pipeline_code.flow_export.inlined import inlined
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    Column,
    Schema,
)
from pipeline_code.runtime.transforms.python_function import PythonFunction

_TYPES = {
    **{"INTEGER": INTEGER, "FLOAT": FLOAT, "BOOLEAN": BOOLEAN},
    **{"DATE": DATE, "TIMESTAMP": TIMESTAMP, "STRING": STRING},
}
_HEAD = '''"""{title}

Reads Parquet with the raw columns, as numbers, decimals, times or texts like those of UNLOAD, and
writes Parquet with the prepared columns:

    python3 {file} INPUT.parquet OUTPUT.parquet

It needs pyarrow and numpy.
"""

'''
_TAIL = '''

# The columns of a raw row. A target is kept if the rows have it.
SCHEMA = Schema(
    (
{columns}
    )
)
TRANSFORMS: list[Transform] = [
{transforms}
]


def prepare(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the prepared rows for raw rows."""
    names = [name for name in batch.schema.names if name in SCHEMA.names]
    present = SCHEMA.present(names, source="the rows")
    typed = typed_table(pa.Table.from_batches([batch]), present, source="the rows")
    batch = typed.select(names).combine_chunks().to_batches()[0]
    for transform in TRANSFORMS:
        batch = transform.apply(batch)
    return batch


def main(source: str, target: str) -> None:
    """Prepare the rows of a file in batches."""
    writer = None
    for raw in pq.ParquetFile(source).iter_batches():
        prepared = prepare(raw)
        writer = writer or pq.ParquetWriter(target, prepared.schema)
        writer.write_batch(prepared)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except DataError as error:
        sys.exit(str(error))
'''


def script_of(flow: FittedFlow, schema: Schema, *, title: str, file: str) -> str:
    """A Python script without imports of this project that gives the rows of `flow.apply`.

    `schema` declares the raw columns. The script reads their values like a pipeline, but does not
    reject other texts than those of `choice`.
    """
    modules = ["pipeline_code.runtime.typed_columns", "pipeline_code.runtime.flows.transform"]
    modules += sorted({type(transform).__module__ for transform in flow.transforms})
    imports, _, code = inlined(modules).partition("\n\n\n")
    lines = {*imports.splitlines(), "import sys", "import pyarrow.parquet as pq"}
    functions = [
        inspect.getsource(each.function)
        for each in flow.transforms
        if isinstance(each, PythonFunction) and each.function is not None
    ]
    raw = [each for each in schema.columns if each.name in (*flow.columns, flow.target)]
    tail = _TAIL.format(
        columns="\n".join(f"        {_column(each, flow.target)}," for each in raw),
        transforms="\n".join(f"    {_call(each)}," for each in flow.transforms),
    )
    head = _HEAD.format(title=title, file=file) + "\n".join(sorted(lines))
    return "\n\n\n".join([head, code.rstrip(), *map(str.rstrip, functions)]) + "\n" + tail


def _column(column: Column, target: str | None) -> str:
    """The call that creates the column."""
    kind = next(name for name, each in _TYPES.items() if each.arrow == column.type.arrow)
    is_target = column.name == target
    return f"Column({column.name!r}, {kind}, optional={is_target}, nullable={column.nullable})"


def _call(transform: Transform) -> str:
    """The call that creates the transform with its state."""
    arguments = []
    for each in fields(transform):
        value = getattr(transform, each.name)
        text = getattr(value, "__name__", None) or repr(value)
        arguments.append(f"{each.name}={text}")
    return f"{type(transform).__name__}({', '.join(arguments)})"
