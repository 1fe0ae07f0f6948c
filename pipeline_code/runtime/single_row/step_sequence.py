"""Compiles a pipeline of scikit-learn: each step gets the output of the one before."""

from typing import Any

from pipeline_code.runtime.single_row.types import CompilePart, Numbers, RowFunction


def compile_pipeline(pipeline: Any, compile_part: CompilePart) -> RowFunction | None:
    """Return the function of one row, or None if a step has none."""
    steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    functions = [function for step in steps if (function := compile_part(step))]
    if len(functions) < len(steps):
        return None

    def run(row: Numbers) -> Numbers:
        for function in functions:
            row = function(row)
        return row

    return run
