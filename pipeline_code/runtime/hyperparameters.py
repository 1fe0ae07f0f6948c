"""Parses the hyperparameters of a training job, which are strings, into a typed value."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar, get_type_hints

from pipeline_code.runtime.job_errors import SettingError

T = TypeVar("T")


def parse_hyperparameters(kind: type[T], given: Mapping[str, str]) -> T:
    """Create an instance of the dataclass `kind` from the given values and its defaults.

    Raises SettingError, which names the hyperparameter, for an unknown name or an invalid value.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SettingError(
            f"unknown hyperparameters {', '.join(unknown)}: allowed are {', '.join(known)}"
        )
    return kind(**{name: _parse(name, text, hints[name]) for name, text in given.items()})


def _parse(name: str, text: str, to: type) -> object:
    try:
        return to(text)
    except ValueError as err:
        raise SettingError(f"hyperparameter {name}: {text!r} is not of type {to.__name__}") from err
