"""The Condition element of policies: evaluates operators, with IfExists and the set operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from local_cloud.authorization.policy_patterns import Context, NoValue, fill, matches

# A function that compares a value of the call with a value of the policy.
Test = Callable[[str, str, Context], bool]


class UnknownOperator(ValueError):
    """A policy uses a condition operator that IAM does not have."""


def holds(condition: Mapping[str, Any], context: Context) -> bool:
    """Return whether the Condition element matches: every operator for each of its keys.

    Raises `UnknownOperator`.
    """
    return all(
        _key_holds(operator, tuple(_texts(wanted)), context.get(key.lower(), ()), context)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def check_operators(condition: Mapping[str, Any]) -> None:
    """Raise `UnknownOperator` for an operator that IAM does not have."""
    for operator in condition:
        _, name, _ = _parts(operator)
        if name != "Null" and name not in _TESTS:
            raise UnknownOperator(
                f"{operator!r} is not a condition operator of IAM; IAM has Null, "
                f"{', '.join(sorted(_TESTS))}, with ForAllValues:, ForAnyValue: and IfExists"
            )


def _parts(operator: str) -> tuple[str, str, bool]:
    """Split into set operator ("", "ForAllValues", "ForAnyValue"), operator, and IfExists."""
    form, _, rest = operator.rpartition(":")
    return form, rest.removesuffix("IfExists"), rest.endswith("IfExists")


def _key_holds(
    operator: str, wanted: tuple[str, ...], values: tuple[str, ...], context: Context
) -> bool:
    form, name, if_exists = _parts(operator)
    if name == "Null":
        return all((text.lower() == "true") is not bool(values) for text in wanted)
    if name not in _TESTS:
        check_operators({operator: {}})
    if not values:
        return if_exists or form == "ForAllValues" or name in _HOLD_WITHOUT_VALUE
    every = all if form != "ForAnyValue" else any
    return every(_value_holds(name, value, wanted, context) for value in values)


def _value_holds(name: str, value: str, wanted: tuple[str, ...], context: Context) -> bool:
    """Return whether a value matches any value of the policy, or none for a negated operator."""
    test, negated = _TESTS[name]
    return any(_safe(test, value, text, context) for text in wanted) is not negated


def _safe(test: Test, value: str, wanted: str, context: Context) -> bool:
    """Compare two values. A value that the operator cannot parse does not match."""
    try:
        return test(value, wanted, context)
    except (NoValue, ValueError, InvalidOperation, binascii.Error):
        return False


def _string(value: str, wanted: str, context: Context) -> bool:
    return value == fill(wanted, context)


def _ignoring_case(value: str, wanted: str, context: Context) -> bool:
    return value.casefold() == fill(wanted, context).casefold()


def _like(value: str, wanted: str, context: Context) -> bool:
    return matches(wanted, value, context)


def _arn(value: str, wanted: str, context: Context) -> bool:
    """Compare the six parts of the ARNs one by one. `*` matches a colon only in the last part."""
    given, pattern = value.split(":", 5), wanted.split(":", 5)
    if len(given) != 6 or len(pattern) != 6:
        return wanted == "*" and len(given) == 6
    return all(matches(part, text, context) for part, text in zip(pattern, given, strict=True))


def _number(compare: Callable[[Any, Any], bool]) -> Test:
    return lambda value, wanted, context: compare(Decimal(value), Decimal(fill(wanted, context)))


def _date(compare: Callable[[Any, Any], bool]) -> Test:
    return lambda value, wanted, context: compare(_moment(value), _moment(fill(wanted, context)))


def _moment(text: str) -> datetime:
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _truth(value: str, wanted: str, context: Context) -> bool:
    return value.lower() == fill(wanted, context).lower()


def _binary(value: str, wanted: str, _context: Context) -> bool:
    return base64.b64decode(value, validate=True) == base64.b64decode(wanted, validate=True)


def _address(value: str, wanted: str, context: Context) -> bool:
    network = ipaddress.ip_network(fill(wanted, context), strict=False)
    return ipaddress.ip_address(value) in network


def _texts(values: Any) -> list[str]:
    """Return the values as strings. Policies may contain booleans and numbers without quotes."""
    return [
        str(value).lower() if isinstance(value, bool) else str(value)
        for value in (values if isinstance(values, list) else [values])
    ]


# Operator -> (the comparison of one value, whether the operator is negated).
_TESTS: Mapping[str, tuple[Test, bool]] = {
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
    "BinaryEquals": (_binary, False),
    "Bool": (_truth, False),
    "DateEquals": (_date(lambda a, b: a == b), False),
    "DateGreaterThan": (_date(lambda a, b: a > b), False),
    "DateGreaterThanEquals": (_date(lambda a, b: a >= b), False),
    "DateLessThan": (_date(lambda a, b: a < b), False),
    "DateLessThanEquals": (_date(lambda a, b: a <= b), False),
    "DateNotEquals": (_date(lambda a, b: a == b), True),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    "NumericEquals": (_number(lambda a, b: a == b), False),
    "NumericGreaterThan": (_number(lambda a, b: a > b), False),
    "NumericGreaterThanEquals": (_number(lambda a, b: a >= b), False),
    "NumericLessThan": (_number(lambda a, b: a < b), False),
    "NumericLessThanEquals": (_number(lambda a, b: a <= b), False),
    "NumericNotEquals": (_number(lambda a, b: a == b), True),
    "StringEquals": (_string, False),
    "StringEqualsIgnoreCase": (_ignoring_case, False),
    "StringLike": (_like, False),
    "StringNotEquals": (_string, True),
    "StringNotEqualsIgnoreCase": (_ignoring_case, True),
    "StringNotLike": (_like, True),
}
# A negated operator matches if the call does not have the key.
_HOLD_WITHOUT_VALUE = frozenset(name for name, (_, negated) in _TESTS.items() if negated)
