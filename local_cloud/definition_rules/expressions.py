"""Rules on the syntax of expressions: Get, Std:Join and Std:JsonGet."""

import re
from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition, Part, one_of
from local_cloud.definition_rules.document import EXPRESSIONS, expressions_of, is_expression
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.targets import FORMS, parse_target

# Names after dots, and quoted keys or positions in brackets: metrics.mae['value'], folds[0].
_NAME = r"[^.\[\]'\"$\s][^.\[\]'\"]*"
_BRACKETS = r"\[(?:\d+|\*|'[^']+'|\"[^\"]+\")\]"
_JSON_PATH = re.compile(rf"(?:\$\.?)?(?:{_NAME}|{_BRACKETS})(?:\.{_NAME}|\.?{_BRACKETS})*")
_JOIN = '{"On": "text", "Values": [texts, numbers, booleans or expressions]}'
_JSON_GET = '{"PropertyFile": {"Get": "Steps.STEP.PropertyFiles.FILE"}, "Path": "a.b"}'


def check(definition: Definition) -> Iterator[Finding]:
    """Yield expressions that SageMaker cannot parse."""
    for part in definition.parts:
        for path, expression in expressions_of(part.document, part.path):
            yield from _expression(part, path, expression)
        yield from _unknown_functions(part, part.document, part.path)


def _expression(part: Part, path: str, expression: dict[str, Any]) -> Iterator[Finding]:
    if len(expression) != 1:
        allowed, remedy = "an object with one key", "keep one key, or nest the expressions"
        yield Finding("malformed expression", part.step, path, expression, allowed, remedy)
        return
    function, argument = next(iter(expression.items()))
    malformed = {"Get": _bad_get, "Std:Join": _bad_join, "Std:JsonGet": _bad_json_get}[function]
    if malformed(argument):
        allowed = {"Get": FORMS, "Std:Join": _JOIN, "Std:JsonGet": _JSON_GET}[function]
        remedy = f"write the {function} in this form"
        yield Finding(f"malformed {function}", part.step, path, argument, allowed, remedy)


def _bad_get(target: Any) -> bool:
    return not isinstance(target, str) or parse_target(target) is None


def _bad_join(argument: Any) -> bool:
    if not isinstance(argument, dict) or set(argument) != {"On", "Values"}:
        return True
    values = argument["Values"]
    if not isinstance(argument["On"], str) or not isinstance(values, list):
        return True
    return not all(is_expression(v) or isinstance(v, (str, int, float)) for v in values)


def _bad_json_get(argument: Any) -> bool:
    if not isinstance(argument, dict) or not _is_json_path(argument.get("Path")):
        return True
    if set(argument) == {"S3Uri", "Path"}:  # the SDK uses it for the result of an @step function
        return not (isinstance(argument["S3Uri"], str) or is_expression(argument["S3Uri"]))
    file = argument.get("PropertyFile")
    return set(argument) != {"PropertyFile", "Path"} or not _names_property_file(file)


def _is_json_path(path: Any) -> bool:
    """Return whether a path is valid: https://github.com/aws/sagemaker-python-sdk/issues/3463."""
    return isinstance(path, str) and _JSON_PATH.fullmatch(path) is not None


def _names_property_file(value: Any) -> bool:
    target = parse_target(str(value.get("Get"))) if isinstance(value, dict) else None
    return target is not None and target.root == "Steps" and target.path[:1] == ("PropertyFiles",)


def _unknown_functions(part: Part, value: Any, path: str) -> Iterator[Finding]:
    """Yield keys such as `Std:Concat`: the name of a function that does not exist."""
    items: Iterator[tuple[str, Any]] = iter(())
    if isinstance(value, dict):
        for key in value:
            if key.startswith("Std:") and key not in EXPRESSIONS:
                allowed, remedy = one_of(EXPRESSIONS), "use one of these"
                yield Finding("unknown function", part.step, path, key, allowed, remedy)
        items = ((f"{path}.{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        items = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    for place, item in items:
        yield from _unknown_functions(part, item, place)
