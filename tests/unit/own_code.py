"""A model's own code, loaded as the container loads it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@contextmanager
def own_code(folder: Path) -> Iterator[tuple[ModuleType, Any]]:
    """The module inference.py that was saved with the model in `folder`, and the model.

    The modules beside it replace the checkout's modules of the same names meanwhile.
    """
    ours = _of_pipelines()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "code")
        for name in ours:
            patch.delitem(sys.modules, name)
        try:
            spec = importlib.util.spec_from_file_location("inference", folder / "code/inference.py")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            yield module, module.model_fn(str(folder))
        finally:
            for name in _of_pipelines():
                del sys.modules[name]


def _of_pipelines() -> dict[str, ModuleType]:
    return {name: each for name, each in sys.modules.items() if name.startswith("pipeline_code")}
