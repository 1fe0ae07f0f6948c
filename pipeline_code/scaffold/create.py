"""Creates the folder of a new pipeline and the folder of its tests from a template."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from sqlglot.dialects import Redshift

from pipeline_code.scaffold.errors import InvalidName
from pipeline_code.source_files import source_files

TEMPLATE = Path(__file__).parent / "template"
SUFFIX = ".template"
# The folders of the template of a pipeline that reads a file of the lake, a table that exists, or
# the table of a CSV file.
LAKE = ("shared", "lake")
TABLE = ("shared", "table")
CSV = (*TABLE, "csv")
# The placeholders in the names of template files; their text has ${name}.
NAME, NUMBER = "NAME", "NUMBER"
# The other stacks of an environment are named redline-<environment>-<part>.
PARTS = ("alerts", "athena", "data", "network", "operations", "studio", "warehouse")
LAKE_PLACEHOLDERS = {"champion": "rmse"}


def create(
    name: str, root: Path, *, template: Sequence[str] = LAKE, placeholders: Mapping[str, str]
) -> list[Path]:
    """Write `pipeline_code/<name>` and `tests/pipelines/<name>` below `root`; return the files.

    With the table of a CSV file, also its migration. Raises InvalidName if the name exists already.
    """
    check_name(name, root)
    folders = {**_folders(name, root), "migration": root / "warehouse" / "migrations"}
    number = _next_number(folders["migration"])
    files = {
        target / path: text
        for source in template
        for part, target in folders.items()
        for path, text in rendered(
            TEMPLATE / source / part, {"name": name, **placeholders}, number=number
        )
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def check_name(name: str, root: Path) -> None:
    """Raise InvalidName if the name has an invalid form, is reserved, or exists already."""
    _check_form(name)
    for target in _folders(name, root).values():
        if target.exists():
            raise InvalidName(
                f"{target.relative_to(root)} exists already: choose another name, or remove it"
            )


def check_schema(name: str, root: Path) -> None:
    """Raise InvalidName if no schema of the warehouse can be created with the name."""
    if name in Redshift.Generator.RESERVED_KEYWORDS or name == "public":
        raise InvalidName(f"name is {name!r}, which no schema of SQL may have: choose another name")
    created = re.compile(rf"^CREATE\s+SCHEMA\s+(IF\s+NOT\s+EXISTS\s+)?{name}\b", re.I | re.M)
    for path in source_files(root / "warehouse" / "migrations", "*.sql"):
        if created.search(path.read_text(encoding="utf-8")):
            raise InvalidName(
                f"{path.relative_to(root)} creates the schema {name} already: choose another name"
            )


def _folders(name: str, root: Path) -> dict[str, Path]:
    return {
        "pipeline": root / "pipeline_code" / name,
        "tests": root / "tests" / "pipelines" / name,
    }


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


def _next_number(migrations: Path) -> str:
    """The number of the next migration, with four digits."""
    numbers = [int(path.name[:4]) for path in source_files(migrations, "[0-9]*_*.sql")]
    return f"{max(numbers, default=0) + 1:04}"


def rendered(
    folder: Path, placeholders: Mapping[str, str], *, number: str = ""
) -> Iterator[tuple[Path, str]]:
    """Yield relative path and text of the files of a template folder."""
    for path in source_files(folder, f"**/*{SUFFIX}"):
        text = Template(path.read_text(encoding="utf-8")).substitute(placeholders)
        target = path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        target = target.replace(NAME, placeholders["name"]).replace(NUMBER, number)
        yield Path(target), _sorted_imports(text)


def _sorted_imports(text: str) -> str:
    """Sort the imports of this project, because their order depends on the pipeline's name."""
    block = re.compile(r"(?:^from pipeline_code\.[\w.]+ import [^(\n]+\n)+", re.MULTILINE)
    return block.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
