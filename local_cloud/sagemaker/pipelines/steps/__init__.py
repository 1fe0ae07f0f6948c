"""The step types, one module each. The `EXECUTOR` of a module describes the type."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


@cache
def executors() -> Mapping[str, StepExecutor]:
    """Return the executors of all step types, by type. Each module of this package has one."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(__path__, f"{__name__}.")
    ]
    found: list[StepExecutor] = [module.EXECUTOR for module in modules]
    return {executor.type: executor for executor in found}


def find_executor(step_type: Any) -> StepExecutor | None:
    """Return the executor of a definition's Type, or None for an unknown type."""
    return executors().get(step_type) if isinstance(step_type, str) else None
