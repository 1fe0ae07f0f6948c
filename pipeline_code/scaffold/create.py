"""Makes the folder of a new pipeline, and that of its tests, out of the template."""

import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).parent / "template"
SUFFIX = ".template"
# In the name of a template file; in its text it is ${name}.
PLACEHOLDER = "NAME"
# What an environment's other stacks are called: redline-<environment>-<part>.
PARTS = ("alerts", "data", "network", "warehouse")


class NameRefused(ValueError):
    """A name that a new pipeline cannot have; the message says what is allowed."""


def create(name: str, root: Path) -> list[Path]:
    """Write `pipeline_code/<name>` and `tests/unit/<name>` below `root`; gives the files.

    Raises:
        NameRefused: the name is of another form, means something else already, or is taken.
    """
    _check_form(name)
    targets = {"pipeline": root / "pipeline_code" / name, "tests": root / "tests" / "unit" / name}
    for target in targets.values():
        if target.exists():
            raise NameRefused(
                f"{target.relative_to(root)} is there already: choose another name, or remove it"
            )
    files = {
        folder / path: text
        for part, folder in targets.items()
        for path, text in _rendered(TEMPLATE / part, name)
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _check_form(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", name):
        raise NameRefused(
            f"name is {name!r}: allowed are 2 to 30 lower-case letters and digits, a letter first"
        )
    if keyword.iskeyword(name):
        raise NameRefused(f"name is {name!r}, a word of Python's own: choose another one")
    if name in PARTS:
        raise NameRefused(
            f"name is {name!r}, as the stack redline-<environment>-{name} is called already: "
            f"choose another one than {', '.join(PARTS)}"
        )


def _rendered(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    """The files of a template folder: each one's relative path and text."""
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        text = Template(path.read_text(encoding="utf-8")).substitute(name=name)
        target = path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        yield Path(target.replace(PLACEHOLDER, name)), _sorted_imports(text)


def _sorted_imports(text: str) -> str:
    """The text with our own imports in order: where a pipeline's stand depends on its name."""
    block = re.compile(r"(?:^from pipeline_code\.[\w.]+ import [^(\n]+\n)+", re.MULTILINE)
    return block.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
