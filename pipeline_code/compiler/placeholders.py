"""Placeholders of a compiled definition, and the texts that replace them.

A placeholder is `{"Get": "<root>.<name>"}`. `Environment.<name>` is a value that differs between
environments; synthesis replaces it. `Text.<file>` and `Digest.<file>` are the text and the SHA-256
of a file in the pipeline's folder; they are replaced when the compiled definition is read.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from local_cloud.definition_rules.document import UnknownText, references_of
from pipeline_code.compiler.errors import DefinitionError

ENVIRONMENT = "Environment"
TEXT = "Text"
DIGEST = "Digest"


def environment_names(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the environment values that a definition needs, sorted."""
    prefix = f"{ENVIRONMENT}."
    targets = {target for _, target in references_of(body)}
    return tuple(
        sorted(target.removeprefix(prefix) for target in targets if target.startswith(prefix))
    )


def deployed(body: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Replace the placeholders of a compiled definition by the values of one environment.

    Raises:
        DefinitionError: the environment has no such value.
    """
    for name in environment_names(body):
        if name not in values:
            raise DefinitionError(
                f"the definition uses the environment value {name!r}: allowed are "
                f"{', '.join(sorted(values))}; correct the name, or set a value in "
                "stacks/pipeline/environment_values.py"
            )
    made: dict[str, Any] = folded(
        replaced(body, lambda root, name: values[name] if root == ENVIRONMENT else None)
    )
    return made


def replaced(value: Any, text_of: Callable[[str, str], str | None]) -> Any:
    """Return a copy of `value` in which texts replace placeholders.

    `text_of(root, name)` returns the text of a placeholder, or None to keep the placeholder.
    """
    match value:
        case {"Get": str(target)} if len(value) == 1:
            root, _, name = target.partition(".")
            text = text_of(root, name)
            return value if text is None else text
        case dict():
            return {key: replaced(item, text_of) for key, item in value.items()}
        case list():
            return [replaced(item, text_of) for item in value]
    return value


def folded(value: Any) -> Any:
    """Return a copy of `value` in which a Std:Join of only texts is replaced by the joined text.

    In any other Std:Join, adjacent texts are joined.
    """
    match value:
        case {"Std:Join": {"On": str(on), "Values": list(parts)}} if len(value) == 1:
            joined = list(_joined(on, [folded(part) for part in parts]))
            if len(joined) == 1 and isinstance(joined[0], str):
                return joined[0]
            return {"Std:Join": {"On": on, "Values": joined}}
        case dict():
            return {key: folded(item) for key, item in value.items()}
        case list():
            return [folded(item) for item in value]
    return value


def _joined(on: str, parts: list[Any]) -> Iterator[Any]:
    """Return the parts of a join, with adjacent texts joined."""
    for is_text, group in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_text:
            yield _one_text(on, list(group))
        else:
            yield from group


def _one_text(on: str, texts: list[str]) -> str:
    joined = on.join(texts)
    return UnknownText(joined) if any(isinstance(text, UnknownText) for text in texts) else joined
