"""The files of an input, whose rows are read in batches: CSV, Parquet, JSON lines, ORC, gzip."""

import codecs
import gzip
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipeline_code.runtime.csv_data import csv_tables
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import json_tables
from pipeline_code.runtime.orc_data import orc_tables
from pipeline_code.runtime.parquet_data import parquet_tables
from pipeline_code.runtime.schema import Schema

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
ORC_MAGIC = b"ORC"
MOST_LINE_BYTES = 2**20


@dataclass(frozen=True)
class ShardFile:
    """A file with rows of the schema. Its `name` is relative to the folder of the input."""

    path: Path
    name: str
    schema: Schema

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield at least one table: the rows in batches, or only these columns of them.

        The memory is bounded by a batch. Raises DataError, which names the file, and line or row
        and column of the first error.
        """
        if _begins_with(self.path, GZIP_MAGIC):
            return self._unzipped(columns)
        if _begins_with(self.path, PARQUET_MAGIC):
            return parquet_tables(self.path, self.schema, source=self.name, columns=columns)
        if _begins_with(self.path, ORC_MAGIC) and _ends_as_orc(self.path):
            return orc_tables(self.path, self.schema, source=self.name, columns=columns)
        return self._texts(self.path.open("rb"), columns)

    def _unzipped(self, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        try:
            with gzip.open(self.path) as file:
                is_text = file.peek(len(PARQUET_MAGIC))[: len(PARQUET_MAGIC)] != PARQUET_MAGIC
                if is_text:
                    yield from self._texts(file, columns)
                    return
                # The end of a Parquet file is read first.
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "unzipped"
                    with path.open("wb") as target:
                        shutil.copyfileobj(file, target)
                    yield from replace(self, path=path).tables(columns)
        except (EOFError, gzip.BadGzipFile, zlib.error) as err:
            raise DataError(f"{self.name}: not a whole gzip file: {err}") from err

    def _texts(self, file: Any, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        with file:
            read = json_tables if _is_json(file) else csv_tables
            yield from read(file, self.schema, source=self.name, columns=columns)


def shard_files(folder: Path, schema: Schema) -> list[ShardFile]:
    """Every file below `folder`, in the order of their names.

    The content identifies the format, because the parts of UNLOAD have no suffix: Parquet, ORC,
    JSON lines, or CSV with or without header; texts may be gzipped.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [ShardFile(path, path.relative_to(folder).as_posix(), schema) for path in paths]


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _ends_as_orc(path: Path) -> bool:
    """Whether the file has ORC's postscript, which ends with the magic bytes and its length."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, len(ORC_MAGIC) + 1), os.SEEK_END)
        return file.read(len(ORC_MAGIC)) == ORC_MAGIC


def _is_json(file: IO[bytes]) -> bool:
    """Whether the first line that is not blank is a JSON object.

    The file is read from the beginning afterwards.
    """
    line = file.readline(MOST_LINE_BYTES).removeprefix(codecs.BOM_UTF8)
    while line and not line.strip():
        line = file.readline(MOST_LINE_BYTES)
    file.seek(0)
    try:
        return line.lstrip().startswith(b"{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
