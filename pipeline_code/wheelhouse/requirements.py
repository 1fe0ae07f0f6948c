"""Reads the requirements.txt of a pipeline."""

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.runtime.wheels import normalized

FILE = "requirements.txt"
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(\[[\w.,\s-]+\])?\s*==\s*[\w.!+-]+")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_ALLOWED = (
    "allowed is one pinned package a line, such as `lightgbm==4.6.0`, with or without its hash, "
    "--hash=sha256:…"
)


def read_requirements(path: Path) -> dict[str, frozenset[str]]:
    """Return normalized name -> hashes of each package that the file pins.

    Raises:
        WheelhouseError: a line is not a pinned package.
    """
    found: dict[str, frozenset[str]] = {}
    for number, line in _lines(path.read_text(encoding="utf-8")):
        pin, *hashes = line.split(" --hash=")
        pinned = _PIN.fullmatch(pin.strip())
        wrong = [each for each in hashes if not _HASH.fullmatch(f"--hash={each.strip()}")]
        if pinned is None or wrong:
            raise WheelhouseError(f"{path}, line {number}: {line!r}: {_ALLOWED}")
        name = normalized(pinned["name"])
        if name in found:
            raise WheelhouseError(f"{path}, line {number}: {name} is there twice: keep one line")
        found[name] = frozenset(each.strip() for each in hashes)
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of its first line and the text of each requirement, without comments."""
    started, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        content = re.sub(r"(^|\s)#.*", "", line).strip()
        started = started if parts else number
        parts.append(content.removesuffix("\\").strip())
        if not content.endswith("\\"):
            joined = " ".join(filter(None, parts))
            parts = []
            if joined:
                yield started, joined
