"""Inserts the texts of a pipeline's files, such as queries, into its definition."""

import hashlib
import re
from pathlib import Path
from typing import Any

from pipeline_code.compiler.errors import CompileError
from pipeline_code.compiler.placeholders import DIGEST, TEXT, replaced
from pipeline_code.source_files import source_files
from warehouse.sql_splitter import StatementError, only_statement

_INCLUDED = re.compile(r"\{([\w.-]+\.sql)\}")


def with_files(body: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a definition in which the folder's texts and digests replace their placeholders."""

    def text_of(root: str, name: str) -> str | None:
        if root == TEXT:
            return file_text(folder, name)
        if root == DIGEST:
            return hashlib.sha256(file_text(folder, name).encode()).hexdigest()
        return None

    made: dict[str, Any] = replaced(body, text_of)
    return made


def file_text(folder: Path, name: str) -> str:
    """Return the query in a file, in which `{other.sql}` is replaced by the query in that file.

    UNLOAD and RedshiftDatasetDefinition enclose it, so it has no comments and no final semicolon.

    Raises:
        CompileError: the folder has no such file, or the file does not contain exactly one query.
    """
    path = folder / name
    if not path.is_file():
        files = ", ".join(each.name for each in source_files(folder, "*.sql")) or "no SQL file"
        raise CompileError(f"{folder} has no file {name!r}: it has {files}")
    try:
        query = only_statement(path.read_text(encoding="utf-8"))
    except StatementError as error:
        raise CompileError(f"{path} does not contain exactly one query: {error}") from error
    return _INCLUDED.sub(lambda found: file_text(folder, found[1]), query)
