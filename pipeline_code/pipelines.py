"""Where pipelines lie: a name may hold hyphens, its folder is a Python package (`a-b`: `a_b`).

A root is a package whose folders with a pipeline.py are pipelines; the project's own is
`pipeline_code`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def names(root: Path = FOLDER) -> list[str]:
    """The pipelines of a root, sorted: the folders that hold a pipeline.py."""
    return sorted(name_of(found.parent) for found in root.glob("*/pipeline.py"))


def name_of(folder: Path) -> str:
    """The name of the pipeline in the folder `folder`."""
    return folder.name.replace("_", "-")


def package_of(name: str, root: Path = FOLDER) -> str:
    """The Python package of the pipeline `name`, for example `pipeline_code.tickit_batch`.

    It can be imported where the folder that holds `root` is on Python's path.
    """
    return f"{root.name}.{folder_name(name)}"


def folder_of(name: str, root: Path = FOLDER) -> Path:
    """The folder of the pipeline `name`, whether it is there or not."""
    return root / folder_name(name)


def folder_name(name: str) -> str:
    """What the folder of the pipeline `name` is called."""
    return name.replace("-", "_")
