"""Checks the step scripts of a pipeline without running them: their syntax and their imports."""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.evaluation_paths import wrong_paths
from pipeline_code.compiler.images import IMAGES
from pipeline_code.imported_modules import DECLARATION, modules_of_others
from pipeline_code.pipelines import FOLDER, SPARK
from pipeline_code.runtime.wheels import LOCK, locked, normalized
from pipeline_code.source_files import source_files

# Modules of these packages have other names, and may not be installed here.
_OTHER_NAMES = {
    "yaml": "pyyaml",
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "sklearn": "scikit-learn",
}
_NOT_IN_JOBS = {"pipeline.py", "sample_data", "tests"}


class ScriptError(DefinitionError):
    """A step script cannot run in a job; the message contains file, line and what is allowed."""


def check_scripts(folder: Path, image_values: Iterable[str]) -> None:
    """Check the scripts of a pipeline's folder.

    `image_values` are the images of its jobs, as names of environment values. The packages of other
    images than those of `IMAGES` are not known, so with one of them packages are not checked. An
    import in a `try` block may fail.

    Raises:
        ScriptError: a script has a syntax error, or imports what its image lacks; or the definition
            reads a metric that the script of its evaluation does not write.
    """
    packages = _packages(set(image_values))
    brought = _brought(folder)
    if IMAGES["spark"].value in image_values:
        brought |= _brought(SPARK)
    known = {folder.parent.name, FOLDER.name, *_siblings(folder), *sys.stdlib_module_names}
    for path in _scripts(folder):
        for line, module in _imports(path):
            _check_import(path, line, module, folder.parent)
            top = module.partition(".")[0]
            if packages is None or top in known:
                continue
            if not _is_allowed(top, packages, brought):
                raise ScriptError(
                    f"{path}, line {line}: imports {top!r}, which the image of the step lacks: "
                    "allowed are the standard library, pipeline_code and the packages of the "
                    "image; add the package to requirements.txt, or remove the import"
                )
    for message in wrong_paths(folder):
        raise ScriptError(message)


def _scripts(folder: Path) -> Iterator[Path]:
    """Yield the modules of the folder, then those of other pipelines that it may import."""
    for path in source_files(folder, "**/*.py"):
        if _NOT_IN_JOBS.isdisjoint(path.relative_to(folder).parts):
            yield path
    yield from modules_of_others(folder)


def _is_allowed(module: str, packages: set[str], brought: set[str]) -> bool:
    """Return whether a package of the image, or one that the pipeline brings, has the module."""
    allowed = packages | brought
    if {normalized(module), _OTHER_NAMES.get(module)} & allowed:
        return True
    distributions = _distributions(module)
    # A package may have modules of any name, so a wheel may contain an unknown module.
    is_known = bool(distributions) or not brought
    return not is_known or not allowed.isdisjoint(map(normalized, distributions))


def _check_import(path: Path, line: int, module: str, pipelines: Path) -> None:
    """Check that a module of this project exists and is in the archive of the pipeline."""
    parts = module.split(".")
    if parts[0] not in (pipelines.name, FOLDER.name) or len(parts) == 1:
        return
    root = pipelines if parts[0] == pipelines.name else FOLDER
    own = path.relative_to(pipelines).parts[0]
    target = root.joinpath(*parts[1:])
    if not (target.is_dir() or target.with_suffix(".py").is_file()):
        raise ScriptError(
            f"{path}, line {line}: imports {module!r}, which does not exist: correct the name"
        )
    declares = path == pipelines / own / DECLARATION and target.with_suffix(".py").is_file()
    if parts[1] not in ("runtime", own) and not declares:
        raise ScriptError(
            f"{path}, line {line}: imports {module!r}, which is not in the code of its jobs: "
            f"allowed are {FOLDER.name}.runtime and {parts[0]}.{own}, and in the {DECLARATION} of "
            "a monitoring pipeline modules of the pipeline that it monitors"
        )


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise ScriptError(f"{path}, line {error.lineno}: {error.msg}: correct it") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise ScriptError(f"{path} is not Python in UTF-8: {error}") from error
    tried = {
        part for node in ast.walk(tree) if isinstance(node, ast.Try) for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in tried:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def _packages(image_values: set[str]) -> set[str] | None:
    """Return the packages of the images; None if those of one image are not known."""
    images = {each.value: each for each in IMAGES.values()}
    if not image_values or not all(name in images and images[name].python for name in image_values):
        return None
    return set.union(*(_held(images[name].packages) for name in image_values))


@cache
def _held(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {normalized(each.partition("==")[0]) for each in lines if each and each[0] != "#"}


@cache
def _distributions(module: str) -> tuple[str, ...]:
    return tuple(_installed().get(module, ()))


@cache
def _installed() -> dict[str, list[str]]:
    """Return module -> packages. This reads the list of files of each package."""
    return dict(packages_distributions())


def _brought(folder: Path) -> set[str]:
    """Return the packages that the pipeline brings, with those that they need."""
    lock = folder / LOCK
    return set(locked(lock.read_text(encoding="utf-8"))) if lock.is_file() else set()


def _siblings(folder: Path) -> set[str]:
    """Return the modules that a plain script may import without the package."""
    return {path.stem for path in source_files(folder, "*.py")}
