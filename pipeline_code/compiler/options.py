"""The options of a pipeline: the keyword arguments that select the structure of its definition."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pipeline_code.compiler.errors import DefinitionError, OptionError
from pipeline_code.pipelines import folder_name


def parse_options(texts: list[str]) -> dict[str, str]:
    """Parse options of the form NAME=VALUE. Raises OptionError for any other form."""
    pairs = [text.partition("=") for text in texts]
    for text, (name, sign, value) in zip(texts, pairs, strict=True):
        if not (name and sign and value):
            raise OptionError(f"option {text!r} is not of the form NAME=VALUE")
    return {name: value for name, _, value in pairs}


def check_options(name: str, make: Callable[..., Any], options: Mapping[str, str]) -> None:
    """Raise an error for options that the function `make` of the pipeline `name` does not have.

    An option is a keyword-only argument with a default and a Literal annotation of its values.

    Raises:
        OptionError: there is no such option, or it does not allow the value.
    """
    known = _options_of(name, make)
    for option, value in options.items():
        if option not in known:
            allowed = f"allowed are {', '.join(known)}" if known else "it has no options"
            raise OptionError(f"{name} has no option {option!r}: {allowed}")
        if value not in known[option]:
            allowed = ", ".join(known[option])
            raise OptionError(f"option {option!r} of {name} is {value!r}: allowed are {allowed}")


def _options_of(name: str, make: Callable[..., Any]) -> dict[str, tuple[str, ...]]:
    """Return option -> allowed values of a pipeline."""
    hints = get_type_hints(make)
    options = {}
    for option in inspect.signature(make).parameters.values():
        hint = hints.get(option.name)
        keyword = option.kind is option.KEYWORD_ONLY and option.default is not option.empty
        if not keyword or get_origin(hint) is not Literal:
            raise DefinitionError(_malformed(name, option.name))
        options[option.name] = get_args(hint)
    return options


def _malformed(name: str, option: str) -> str:
    return (
        f"the argument {option!r} of pipeline() in pipeline_code/{folder_name(name)}/pipeline.py "
        "is not an option: make it keyword-only, with a default, and annotate it with a Literal"
    )
