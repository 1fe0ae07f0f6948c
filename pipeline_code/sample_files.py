"""Real files that take the place of generated ones."""

import gzip
import shutil
from pathlib import Path


def take(real: Path, name: str, target: Path) -> bool:
    """Copy `real/name`, or `real/name.gz` uncompressed, to `target`; False when there is none."""
    plain, zipped = real / name, real / f"{name}.gz"
    if plain.is_file():
        shutil.copyfile(plain, target)
    elif zipped.is_file():
        with gzip.open(zipped) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    else:
        return False
    return True
