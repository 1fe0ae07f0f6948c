"""The environments that a file declares; each is created when it is first read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from stacks.common.validation import refuse, require
from stacks.config.environment import Environment
from stacks.config.error_location import located

Declaration = Callable[[], Environment]


class Environments(Mapping[str, Environment]):
    """The environments of the functions with the decorator `add`, by the names of the functions.

    An environment with an error raises ConfigurationError when it is read. So the others stay
    usable, and iterating over the names raises nothing.
    """

    def __init__(self) -> None:
        self._declarations: dict[str, list[Declaration]] = {}
        self._created: dict[str, Environment] = {}

    def add(self, declaration: Declaration) -> Declaration:
        """Add the environment that the function returns. Its name is that of the function."""
        self._declarations.setdefault(declaration.__name__, []).append(declaration)
        return declaration

    def __getitem__(self, name: str) -> Environment:
        if name not in self._created:
            self._created[name] = _created(name, self._declarations[name])
        return self._created[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declarations)

    def __len__(self) -> int:
        return len(self._declarations)

    def __contains__(self, name: object) -> bool:
        return name in self._declarations


def _created(name: str, declarations: list[Declaration]) -> Environment:
    """Return the environment.

    Raises:
        ConfigurationError: the function fails, or the environment has an invalid value.
    """
    code = declarations[0].__code__
    try:
        _check_declared_once(name, declarations)
        environment = declarations[0]()
        _check_returned(name, environment)
    except Exception as error:  # whatever the code of the user raises is an error of its file
        raise located(error, Path(code.co_filename), name, code.co_firstlineno) from error
    return environment


def _check_declared_once(name: str, declarations: list[Declaration]) -> None:
    lines = [each.__code__.co_firstlineno for each in declarations]
    require(
        len(lines) == 1,
        "def",
        name,
        allowed="each name once",
        remedy=f"rename one of the functions in lines {', '.join(map(str, lines))}",
    )


def _check_returned(name: str, environment: object) -> None:
    if not isinstance(environment, Environment):
        raise refuse(
            f"{name}()",
            environment,
            allowed="Environment(…)",
            remedy="write `return Environment(…)`, without a comma after it",
        )
    require(
        environment.name == name,
        "name",
        environment.name,
        allowed=f"{name!r}, the name of the function",
        remedy="rename the function or the environment",
    )
