"""Reads stacks/environments.py, in which users write; an error in it is one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stacks.config import Environment, refuse
from stacks.config.error_location import located

FILE = Path(__file__).resolve().parent / "environments.py"


def declared_environments() -> Mapping[str, Environment]:
    """Return the declared environments by name; each is created when it is read.

    Raises:
        ConfigurationError: the file is not valid Python, so none of them can be read.
    """
    try:
        # Here, so that an error in the file is a sentence.
        from stacks.environments import ENVIRONMENTS
    except Exception as error:  # whatever the code of the user raises is an error of its file
        raise located(error, FILE) from error
    return ENVIRONMENTS


def environment_named(name: str) -> Environment:
    """Return the environment with that name.

    Raises:
        ConfigurationError: it does not exist, and the message lists the environments; or it has an
            invalid value, and the message has the line.
    """
    declared = declared_environments()
    if name not in declared:
        raise refuse("env", name, allowed=", ".join(declared), remedy="choose one with -c env=NAME")
    return declared[name]
