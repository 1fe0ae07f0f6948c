"""Unpacks the code of functions. Each deployed zip is unpacked once."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from pathlib import Path

from local_cloud.archives import unpack_zip

# The first two invocations of a function may be concurrent.
_ONE_BY_ONE = threading.Lock()
# Source: Lambda quotas, "Deployment package (.zip file archive) size", unzipped.
_MAX_BYTES = 250 * 1024**2


def unpack(archive: bytes, folder: Path) -> Path:
    """Unpack the zip into a subfolder named by its hash, unless it exists. Return its path.

    Raises `ArchiveRefused` for archives that Lambda also rejects.
    """
    task_root = folder / hashlib.sha256(archive).hexdigest()
    with _ONE_BY_ONE:
        if not task_root.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # An incomplete folder must not remain if this process ends or the archive is rejected.
            with tempfile.TemporaryDirectory(dir=folder) as draft:
                content = Path(draft) / "content"
                unpack_zip(archive, content, max_bytes=_MAX_BYTES)
                content.rename(task_root)
    return task_root
