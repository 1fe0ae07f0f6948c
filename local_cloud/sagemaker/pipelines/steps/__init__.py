"""The step types, one module each: its `EXECUTOR` is what the laptop cloud knows of the type."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


@cache
def executors() -> Mapping[str, StepExecutor]:
    """The executor of every step type, by type; each module of this package has one."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(__path__, f"{__name__}.")
    ]
    found: list[StepExecutor] = [module.EXECUTOR for module in modules]
    return {executor.type: executor for executor in found}


def find_executor(step_type: Any) -> StepExecutor | None:
    """The executor of a definition's Type; None for a value that is not a known type."""
    return executors().get(step_type) if isinstance(step_type, str) else None
