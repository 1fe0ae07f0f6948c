"""Says where an error in the file of the environments is: line, environment and pipeline."""

from __future__ import annotations

import ast
from pathlib import Path
from traceback import FrameSummary, extract_tb

from stacks.common.validation import ConfigurationError


def located(
    error: Exception, path: Path, environment: str = "", first_line: int = 1
) -> ConfigurationError:
    """Return the error as one sentence, with its line in the file at `path`.

    `environment` is the environment that was created when the error occurred, and `first_line` the
    line of its function.
    """
    if isinstance(error, SyntaxError):
        return ConfigurationError(f"{error.filename}, line {error.lineno}: {error.msg}")
    frames = [each for each in extract_tb(error.__traceback__) if Path(each.filename) == path]
    line = frames[-1].lineno if frames else first_line
    pipeline = _pipeline_at(path, frames[-1]) if frames else None
    named = {"environment": environment, "pipeline": pipeline}
    subjects = ", ".join(f"{kind} {name}" for kind, name in named.items() if name)
    return ConfigurationError(
        ": ".join(filter(None, [f"{path}, line {line}", subjects, _message(error)]))
    )


def _message(error: Exception) -> str:
    """Return the text of the error; that of a KeyError or a ValueError needs the kind."""
    alone = isinstance(error, ConfigurationError | NameError | TypeError | AttributeError)
    return str(error) if alone else f"{type(error).__name__}: {error}"


def _pipeline_at(path: Path, frame: FrameSummary) -> str | None:
    """Return the name in the `Pipeline(…)` around the position of the frame."""
    position = (frame.lineno or 0, frame.colno or 0)
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match call:
            case ast.Call(func=ast.Name("Pipeline")) if _contains(call, position):
                for keyword in call.keywords:
                    match keyword:
                        case ast.keyword("name", ast.Constant(str(name))):
                            return name
    return None


def _contains(call: ast.Call, position: tuple[int, int]) -> bool:
    end = (call.end_lineno or 0, call.end_col_offset or 0)
    return (call.lineno, call.col_offset) <= position < end
