"""The code of functions: each deployed zip unpacked once."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from pathlib import Path

from local_cloud.archives import unpack_zip

# Two invocations may be the first ones of a function.
_ONE_BY_ONE = threading.Lock()
# Lambda quotas, "Deployment package (.zip file archive) size", unzipped.
_MAX_BYTES = 250 * 1024**2


def unpack(archive: bytes, folder: Path) -> Path:
    """Unpack the zip below `folder` under its hash, unless it is there; returns the task root.

    Raises `ArchiveRefused` for what the service would not take either.
    """
    task_root = folder / hashlib.sha256(archive).hexdigest()
    with _ONE_BY_ONE:
        if not task_root.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # Never half a task root, if this process ends or the archive is refused.
            with tempfile.TemporaryDirectory(dir=folder) as draft:
                content = Path(draft) / "content"
                unpack_zip(archive, content, max_bytes=_MAX_BYTES)
                content.rename(task_root)
    return task_root
