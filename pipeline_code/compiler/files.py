"""Inserts the texts of a pipeline's files, such as queries, into its definition."""

import hashlib
import re
from pathlib import Path
from typing import Any

from pipeline_code.compiler.errors import CompileError
from pipeline_code.compiler.placeholders import DIGEST, TEXT, replaced

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
    """Return the stripped text of a file, with the text of another file in place of `{other.sql}`.

    Raises:
        CompileError: the folder has no such file.
    """
    path = folder / name
    if not path.is_file():
        files = ", ".join(sorted(each.name for each in folder.glob("*.sql"))) or "no SQL file"
        raise CompileError(f"{folder} has no file {name!r}: it has {files}")
    text = path.read_text().strip()
    return _INCLUDED.sub(lambda found: file_text(folder, found[1]), text)
