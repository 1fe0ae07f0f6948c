"""The decorator of all settings: classes whose fields are checked before a value is created."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, dataclass_transform, get_args, get_origin
from typing import get_type_hints as hints_of

from stacks.common.validation import ConfigurationError

Kind = TypeVar("Kind")
_WORDS: Mapping[Any, str] = {
    str: "a text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    NoneType: "None",
}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def settings(subject: str) -> Callable[[type[Kind]], type[Kind]]:
    """Make a frozen dataclass with keyword-only fields, as `@dataclass` does.

    An unknown or missing field and a value of another type than the field raise ConfigurationError.
    `subject` is the prefix of the fields in messages, such as `network.`; `{name}` is the field.
    """

    def decorated(kind: type[Kind]) -> type[Kind]:
        made: Any = dataclass(frozen=True, kw_only=True)(kind)
        create = made.__init__

        @wraps(create)
        def checked(self: object, *positional: object, **given: Any) -> None:
            prefix = subject.format(name=given.get("name", kind.__name__.lower()))
            _check_names(kind, prefix, positional, given)
            for name, value in given.items():
                _check_type(kind, prefix, name, value)
            create(self, **given)

        made.__init__ = checked
        return kind  # the same class: `dataclass` changes it

    return decorated


def _check_names(
    kind: type, prefix: str, positional: tuple[object, ...], given: Mapping[str, object]
) -> None:
    known = {each.name: each for each in fields(kind)}
    allowed = ", ".join(known)
    if positional:
        raise ConfigurationError(
            f"{kind.__name__} has the value {positional[0]!r} without the name of a field: allowed "
            f"are {allowed}; write {kind.__name__}({next(iter(known))}=…)"
        )
    for name in given.keys() - known.keys():
        close = get_close_matches(name, known, n=1)
        remedy = f"did you mean {close[0]!r}?" if close else "correct the name, or remove it"
        raise ConfigurationError(
            f"{prefix}{name} is not a field of {kind.__name__}: allowed are {allowed}; {remedy}"
        )
    for name, each in known.items():
        if name not in given and each.default is each.default_factory is MISSING:
            raise ConfigurationError(
                f"{prefix}{name} is missing: allowed is {_allowed(_hints(kind)[name])}; add it"
            )


def _check_type(kind: type, prefix: str, name: str, value: object) -> None:
    hint = _hints(kind)[name]
    for each in _wrong(value, hint):
        raise ConfigurationError(
            f"{prefix}{name} is {_shown(each)}: allowed is {_allowed(hint)}; write it like that"
        )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return hints_of(kind)


def _wrong(value: object, hint: Any) -> list[object]:
    """Return the value, or the elements of it, that have another type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return [value] if all(_wrong(value, each) for each in parts) else []
    if origin is tuple and isinstance(value, tuple):
        return [wrong for each in value for wrong in _wrong(each, parts[0])]
    if origin is Mapping and isinstance(value, Mapping):
        pairs = [
            *((key, parts[0]) for key in value),
            *((each, parts[1]) for each in value.values()),
        ]
        return [wrong for each, of in pairs for wrong in _wrong(each, of)]
    return [] if _is(value, str if origin is Literal else origin or hint) else [value]


def _is(value: object, kind: type) -> bool:
    """Return whether the value has the type. True is no number, and a `float` may be whole."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _shown(value: object) -> str:
    if is_dataclass(value):
        return f"{type(value).__name__}(…)"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return repr(value)


def _allowed(hint: Any) -> str:
    """Return the type as a user writes its values."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(_allowed, parts)))
    if origin is Literal:
        return ", ".join(parts)
    if origin is tuple:
        element = '"…"' if parts[0] is str else _allowed(parts[0])
        return f"a tuple: ({element},) with a comma, even for a single one"
    if origin is not None:
        return '{"name": value}, a mapping of names to ' + _allowed(parts[1])
    if hint in _WORDS:
        return _WORDS[hint]
    whole = hint.__name__.removeprefix("Existing")
    return f"{whole}(…)" if whole == hint.__name__ else f"{whole}.existing(…)"
