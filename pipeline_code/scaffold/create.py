"""Creates the folder of a new pipeline and the folder of its tests from the template."""

import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from pipeline_code.source_files import source_files

TEMPLATE = Path(__file__).parent / "template"
SUFFIX = ".template"
# The placeholder in the names of template files; their text has ${name}.
PLACEHOLDER = "NAME"
# The other stacks of an environment are named redline-<environment>-<part>.
PARTS = ("alerts", "data", "network", "warehouse")


class InvalidName(ValueError):
    """The name is not allowed for a new pipeline. The message states what is allowed."""


def create(name: str, root: Path) -> list[Path]:
    """Write `pipeline_code/<name>` and `tests/pipelines/<name>` below `root`; return the files.

    Raises:
        InvalidName: the name has an invalid form, is reserved, or exists already.
    """
    _check_form(name)
    targets = {
        "pipeline": root / "pipeline_code" / name,
        "tests": root / "tests" / "pipelines" / name,
    }
    for target in targets.values():
        if target.exists():
            raise InvalidName(
                f"{target.relative_to(root)} exists already: choose another name, or remove it"
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
        raise InvalidName(
            f"name is {name!r}: allowed are 2 to 30 lower-case letters and digits, a letter first"
        )
    if keyword.iskeyword(name):
        raise InvalidName(f"name is {name!r}, a keyword of Python: choose another name")
    if name in PARTS:
        raise InvalidName(
            f"name is {name!r}, but the stack redline-<environment>-{name} exists already: "
            f"choose a name other than {', '.join(PARTS)}"
        )


def _rendered(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Yield relative path and text of the files of a template folder."""
    for path in source_files(folder, f"**/*{SUFFIX}"):
        text = Template(path.read_text(encoding="utf-8")).substitute(name=name)
        target = path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        yield Path(target.replace(PLACEHOLDER, name)), _sorted_imports(text)


def _sorted_imports(text: str) -> str:
    """Sort the imports of this project, because their order depends on the pipeline's name."""
    block = re.compile(r"(?:^from pipeline_code\.[\w.]+ import [^(\n]+\n)+", re.MULTILINE)
    return block.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
