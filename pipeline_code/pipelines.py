"""Where pipelines lie: a name may hold hyphens, its folder is a Python package (`a-b`: `a_b`)."""

from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The pipelines there are, sorted: the folders that hold a pipeline.py."""
    return sorted(name_of(found.parent) for found in FOLDER.glob("*/pipeline.py"))


def name_of(folder: Path) -> str:
    """The name of the pipeline that lies in `folder`."""
    return folder.name.replace("_", "-")


def package_of(name: str) -> str:
    """The Python package of the pipeline `name`, for example `pipeline_code.tickit_batch`."""
    return f"{FOLDER.name}.{folder_name(name)}"


def folder_of(name: str) -> Path:
    """The folder of the pipeline `name`, whether it is there or not."""
    return FOLDER / folder_name(name)


def folder_name(name: str) -> str:
    """What the folder of the pipeline `name` is called."""
    return name.replace("-", "_")
