"""Names, folders and packages of pipelines. The pipeline `a-b` is in the folder `a_b`.

A root is a package in which each folder with a pipeline.py is a pipeline. The root of this project
is `pipeline_code`.
"""

from pathlib import Path

from pipeline_code.source_files import source_files

FOLDER = Path(__file__).parent
# The application and the packages of the Spark steps of every pipeline.
SPARK = FOLDER / "runtime" / "spark"


def names(root: Path = FOLDER) -> list[str]:
    """Return the names of the pipelines of a root, sorted."""
    return sorted(name_of(found.parent) for found in source_files(root, "*/pipeline.py"))


def name_of(folder: Path) -> str:
    """Return the name of the pipeline in `folder`."""
    return folder.name.replace("_", "-")


def package_of(name: str, root: Path = FOLDER) -> str:
    """Return the Python package of the pipeline `name`, for example `pipeline_code.tickit_batch`.

    The import requires that the folder that contains `root` is in `sys.path`.
    """
    return f"{root.name}.{folder_name(name)}"


def folder_of(name: str, root: Path = FOLDER) -> Path:
    """Return the folder of the pipeline `name`, even if it does not exist."""
    return root / folder_name(name)


def folder_name(name: str) -> str:
    """Return the folder name of the pipeline `name`."""
    return name.replace("-", "_")
