"""The bytes of S3 objects, one file for each version of an object."""

from __future__ import annotations

import uuid
from pathlib import Path

from moto.s3.models import FakeKey

# The attribute of moto's object with the name of its file. The bytes of a version never change.
_FILE = "laptop_file"


class ObjectFiles:
    """A folder of files. `used` are the names that the current save refers to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.used: set[str] = set()
        folder.mkdir(mode=0o700, exist_ok=True)

    def write(self, version: FakeKey) -> str:
        """Write the bytes of a version once. Return the name of the file."""
        name: str | None = vars(version).get(_FILE)
        if name is None:
            name = uuid.uuid4().hex
            (self._folder / name).write_bytes(b"" if version.disposed else version.value)
            setattr(version, _FILE, name)
        self.used.add(name)
        return name

    def read(self, name: str) -> bytes:
        """Return the bytes in a file."""
        return (self._folder / name).read_bytes()

    def delete_others(self) -> None:
        """Delete the files that the saved state does not refer to."""
        for file in self._folder.iterdir():
            if file.name not in self.used:
                file.unlink()
