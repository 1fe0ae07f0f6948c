"""The code of functions: each deployed zip unpacked once."""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
import zipfile
from pathlib import Path

# Two invocations may be the first ones of a function.
_ONE_BY_ONE = threading.Lock()


def unpack(archive: bytes, folder: Path) -> Path:
    """Unpack the zip below `folder` under its hash, unless it is there; returns the task root."""
    task_root = folder / hashlib.sha256(archive).hexdigest()
    with _ONE_BY_ONE:
        if not task_root.exists():
            folder.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=folder))  # never half a task root, if this one ends
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                # zipfile keeps every member below the folder, whatever its name says.
                content.extractall(draft)
            draft.rename(task_root)
    return task_root
