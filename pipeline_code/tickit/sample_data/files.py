"""Writes tables in the published format, and reads the columns of real files that are needed."""

from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from pipeline_code import sample_files
from pipeline_code.tickit.sample_data.tables import TABLES

# Table -> the columns that generated tables need. Other columns of a real file are not read.
NEEDED = {
    "users": {"userid": pa.int64()},
    "venue": {"venueid": pa.int64()},
    "category": {"catid": pa.int64()},
    "date": {"dateid": pa.int64(), "caldate": pa.string()},
    "event": dict.fromkeys(("eventid", "venueid", "catid", "dateid"), pa.int64()),
    "listing": dict.fromkeys(("listid", "sellerid", "eventid", "dateid", "numtickets"), pa.int64())
    | {"priceperticket": pa.string()},
    "sales": dict.fromkeys(
        ("listid", "sellerid", "buyerid", "eventid", "dateid", "qtysold"), pa.int64()
    ),
}


def find(folder: Path, table: str) -> Path | None:
    """Return the real file of a table in `folder`, plain or gzipped, or None."""
    return sample_files.find(folder, TABLES[table].file)


def read(path: Path, table: str) -> pa.Table:
    """Read the columns of a real file that other tables need.

    Raises ValueError, which names the file, if it does not have the published format.
    """
    published, needed = TABLES[table], NEEDED[table]
    try:
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(column_names=list(published.columns)),
            parse_options=csv.ParseOptions(delimiter=published.delimiter, quote_char=False),
            convert_options=csv.ConvertOptions(
                include_columns=list(needed), column_types=needed, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as err:
        raise ValueError(f"{path} is not as published for the table {table}: {err}") from err


def write(table: pa.Table, name: str, folder: Path) -> Path:
    """Write a generated table in the published format and return the path."""
    published = TABLES[name]
    sink = pa.BufferOutputStream()
    options = csv.WriteOptions(
        include_header=False, delimiter=published.delimiter, quoting_style="none"
    )
    csv.write_csv(table, sink, options)
    path = folder / published.file
    path.write_bytes(sink.getvalue().to_pybytes().replace(b"\n", published.newline.encode()))
    return path
