"""Reads the instructions of a Dockerfile, each with its line.

The synthesis reads the base images and the files that are copied; the laptop cloud builds from the
instructions. Source: https://docs.docker.com/reference/dockerfile/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S.*)")
_FLAG = re.compile(r"--\S+\s+")
_OTHER_IMAGE = re.compile(r"(?:--from=|[,=]from=)([^\s,]+)")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://.*|git@.*")


class DockerfileRefused(ValueError):
    """A Dockerfile has an instruction that is not supported; the message starts with its line."""


@dataclass(frozen=True)
class Instruction:
    """An instruction: the number of its first line, its name in capitals, and its arguments."""

    line: int
    name: str
    arguments: str

    def refused(self, reason: str) -> DockerfileRefused:
        """Return the error that refuses this instruction."""
        return DockerfileRefused(f"line {self.line}: {self.name} {self.arguments}: {reason}")


def instructions(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile; lines that end with a backslash are joined.

    Raises:
        DockerfileRefused: the file has a directive for its parser, or a here-document.
    """
    _check_directives(text)
    found = [
        Instruction(line, name.upper(), arguments.strip())
        for line, joined in _joined_lines(text)
        for name, _, arguments in [joined.partition(" ")]
    ]
    for each in found:
        if each.name in ("RUN", "COPY", "ADD") and "<<" in each.arguments:
            raise each.refused("here-documents are not supported: write the commands in a line")
    return found


def base_images(found: list[Instruction]) -> Iterator[tuple[Instruction, str]]:
    """Yield each image that the build pulls: in FROM, COPY --from and RUN --mount=from."""
    stages = set[str]()
    for each in found:
        if each.name == "FROM":
            image, *rest = _FLAG.sub("", each.arguments).split()
            if image.lower() not in stages:
                yield each, image
            stages |= {name.lower() for name in rest[1:]}
        elif each.name in ("COPY", "RUN"):
            for image in _OTHER_IMAGE.findall(each.arguments):
                if image.lower() not in stages and not image.isdecimal():
                    yield each, image


def copied_files(found: list[Instruction]) -> Iterator[tuple[Instruction, str]]:
    """Yield each file or folder that COPY and ADD copy from the folder of the Dockerfile.

    Raises:
        DockerfileRefused: ADD fetches a URL, whose content the Dockerfile does not determine.
    """
    for each in found:
        if each.name not in ("COPY", "ADD") or "--from=" in each.arguments:
            continue
        for source in paths_of(each)[:-1]:
            if _URL.fullmatch(source):
                raise each.refused("its content can change: copy a file of the folder")
            yield each, source


def paths_of(instruction: Instruction) -> list[str]:
    """Return the sources and the target of COPY or ADD.

    Raises:
        DockerfileRefused: there is no source or no target.
    """
    text = _FLAG.sub("", instruction.arguments)
    paths = list_of_texts(text) if text.startswith("[") else text.split()
    if paths is None or len(paths) < 2:
        raise instruction.refused("it needs one or more sources and a target")
    return paths


def list_of_texts(text: str) -> list[str] | None:
    """Return the texts of the exec form `["a", "b"]`; None if it is not such a list."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return found if is_list else None


def _check_directives(text: str) -> None:
    """Refuse directives: `syntax` loads another builder, `escape` changes the format."""
    for number, line in enumerate(text.splitlines(), start=1):
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            return
        if directive[1].lower() in ("syntax", "escape"):
            raise DockerfileRefused(
                f"line {number}: {line.strip()}: directives for the parser are not supported: "
                "remove the line"
            )


def _joined_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of its first line and the text of each instruction, without comments."""
    started, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        started = started if parts else number
        parts.append(content.removesuffix("\\").strip())
        if not content.endswith("\\"):
            yield started, " ".join(filter(None, parts))
            parts = []
    if parts:
        yield started, " ".join(filter(None, parts))
