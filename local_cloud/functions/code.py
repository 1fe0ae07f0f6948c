"""The code of functions: each deployed zip unpacked once."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from pathlib import Path


def unpack(archive: bytes, folder: Path) -> Path:
    """Unpack the zip below `folder` under its hash, unless it is there; returns the task root."""
    task_root = folder / hashlib.sha256(archive).hexdigest()
    if task_root.exists():
        return task_root
    draft = task_root.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as content:
        # zipfile keeps every member below the folder, whatever its name says.
        content.extractall(draft)
    draft.rename(task_root)
    return task_root
