"""Loads the hosting code of a model like the container."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@contextmanager
def own_code(folder: Path) -> Iterator[tuple[ModuleType, Any]]:
    """The hosting module that was saved with the model in `folder`, and the model.

    The saved modules replace the checkout's modules of the same names meanwhile.
    """
    ours = _of_pipelines()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "code")
        for name in ours:
            patch.delitem(sys.modules, name)
        try:
            module = importlib.import_module(_hosting_module(folder))
            yield module, module.model_fn(str(folder))
        finally:
            for name in _of_pipelines():
                del sys.modules[name]


def _hosting_module(folder: Path) -> str:
    """The module that code/inference.py serves with."""
    (found,) = folder.glob("code/pipeline_code/*/inference.py")
    return f"pipeline_code.{found.parent.name}.inference"


def _of_pipelines() -> dict[str, ModuleType]:
    return {name: each for name, each in sys.modules.items() if name.startswith("pipeline_code")}
