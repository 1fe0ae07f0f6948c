"""Finds the transforms: each is a module of the package `transforms`."""

import importlib
import json
import pkgutil
import re
from collections.abc import Mapping
from typing import Any

from pipeline_code.runtime import transforms
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError


def kinds() -> list[str]:
    """The kinds of transforms."""
    return sorted(module.name for module in pkgutil.iter_modules(transforms.__path__))


def class_of(kind: object) -> type[Transform]:
    """The class of a kind; raises DataError for an unknown one.

    The hosting code of a model has only the modules that its flow imports.
    """
    if not isinstance(kind, str) or not re.fullmatch("[a-z_]+", kind) or kind not in kinds():
        raise DataError(f"no transform {str(kind)[:80]!r}: allowed are {', '.join(kinds())}")
    module = importlib.import_module(f"{transforms.__name__}.{kind}")
    found: type[Transform] = next(
        each for each in vars(module).values() if _is_transform(each, module.__name__)
    )
    return found


def read_transform(document: object) -> Transform:
    """The transform from `to_json`; raises DataError for any other value."""
    if not isinstance(document, Mapping):
        raise DataError(f"{json.dumps(document)[:80]} is not a transform: must be a JSON object")
    kind = document.get("kind")
    members = {name: value for name, value in document.items() if name != "kind"}
    cls = class_of(kind)
    try:
        return cls.from_json(members)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise DataError(f"{kind}: not a saved transform: {error}; train again") from error


def _is_transform(found: Any, module: str) -> bool:
    return isinstance(found, type) and issubclass(found, Transform) and found.__module__ == module
