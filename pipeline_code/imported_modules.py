"""The modules of other pipelines that the jobs of a pipeline need.

Only monitored.py of a monitoring pipeline may import them: it declares the data set of the models
that the jobs monitor, which is that of the pipeline that trains them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from pipeline_code.source_files import SourceError

DECLARATION = "monitored.py"


def modules_of_others(folder: Path) -> list[Path]:
    """Return the modules of other pipelines that monitored.py of `folder` imports, sorted.

    Modules that these modules import are included.

    Raises:
        SourceError: a module has a syntax error.
    """
    found: set[Path] = set()
    pending = [path for path in [folder / DECLARATION] if path.is_file()]
    while pending:
        for path in _imported(pending.pop(), folder.parent):
            if path not in found:
                found.add(path)
                pending.append(path)
    return sorted(found)


def _imported(path: Path, root: Path) -> Iterator[Path]:
    """Yield the files of modules of pipelines of `root` that a file imports."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"{path} is not Python in UTF-8: {error}: correct it") from error
    for node in ast.walk(tree):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for parts in (name.split(".") for name in names):
            if len(parts) > 2 and parts[0] == root.name and (root / parts[1]).is_dir():
                imported = root.joinpath(*parts[1:]).with_suffix(".py")
                if (root / parts[1] / "pipeline.py").is_file() and imported.is_file():
                    yield imported
