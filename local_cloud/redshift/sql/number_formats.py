"""Numeric format strings of TO_CHAR and TO_NUMBER (page "Numeric format strings")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from local_cloud.redshift.statement_errors import StatementFailed

_TOKEN = re.compile(r"FM|RN|MI|PL|SG|PR|EEEE|TH|[90.D,GSLV]|.", re.IGNORECASE | re.DOTALL)
_UNAVAILABLE = ("EEEE", "TH", "V", "SG", "PL")
_DIGITS, _POINTS, _GROUPS = ("9", "0"), (".", "D"), (",", "G")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_ROMAN_WIDTH = 15


@dataclass(frozen=True)
class NumberFormat:
    """The tokens of a format. `fill` is False if the format has FM."""

    tokens: tuple[str, ...]
    fill: bool

    @property
    def names(self) -> list[str]:
        """The tokens in upper case."""
        return [token.upper() for token in self.tokens]

    @property
    def point(self) -> int:
        """The index of the decimal point; without a decimal point, the number of tokens."""
        names = self.names
        return next((i for i, name in enumerate(names) if name in _POINTS), len(names))

    @property
    def scale(self) -> int:
        """The number of digits after the decimal point."""
        return sum(name in _DIGITS for name in self.names[self.point :])

    @property
    def whole_digits(self) -> list[int]:
        """The indices of the digits before the decimal point."""
        return [i for i, name in enumerate(self.names[: self.point]) if name in _DIGITS]


def number_format(pattern: str) -> NumberFormat:
    """Parse a format. Raises StatementFailed for an unsupported pattern."""
    tokens = tuple(match[0] for match in _TOKEN.finditer(pattern))
    if wrong := next((token for token in tokens if token.upper() in _UNAVAILABLE), None):
        raise StatementFailed(
            f"ERROR: the number format {wrong} is not supported by the laptop cloud's warehouse"
        )
    fill = not any(token.upper() == "FM" for token in tokens)
    return NumberFormat(tuple(token for token in tokens if token.upper() != "FM"), fill)


def number_text(value: Decimal, pattern: str) -> str:
    """Format a number (TO_CHAR)."""
    form = number_format(pattern)
    for token in form.tokens:
        if token.upper() == "RN":
            numeral = _roman(int(value.quantize(Decimal(1), ROUND_HALF_UP)))
            return (numeral.lower() if token == "rn" else numeral).rjust(_ROMAN_WIDTH)
    rounded = value.quantize(Decimal(1).scaleb(-form.scale), ROUND_HALF_UP)
    text = _shaped(abs(rounded), rounded < 0, form)
    return text if form.fill else text.strip()


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return "#" * _ROMAN_WIDTH
    numeral = ""
    for worth, letters in _ROMAN:
        numeral += letters * (value // worth)
        value %= worth
    return numeral


def _shaped(value: Decimal, negative: bool, form: NumberFormat) -> str:
    whole, fraction = _digits(value, form)
    first = next((i for i in form.whole_digits if whole[i] != " "), form.point)
    decimals = iter(fraction)
    out: list[str] = []
    for index, name in enumerate(form.names):
        if index == first:
            out.append(_sign_before(negative, form.names))
        if index in whole:
            out.append(whole[index])
        elif name in _DIGITS:
            out.append(next(decimals, "0"))
        elif name in _POINTS:
            out.append(".")
        elif name in _GROUPS:
            out.append("," if index > first else " ")
        else:
            out.append(_other(form.tokens[index], negative, leading=index < first))
    return "".join(out)


def _digits(value: Decimal, form: NumberFormat) -> tuple[dict[int, str], str]:
    """Return index -> character for the digits before the decimal point, and the digits after it.

    A number that is too large is shown as `#`. Leading zeros before the first `0` of the format
    are shown as blanks.
    """
    indices = form.whole_digits
    whole, _, fraction = f"{value:f}".partition(".")
    digits = "" if whole == "0" and fraction else whole
    if len(digits) > len(indices):
        return dict.fromkeys(indices, "#"), "#" * form.scale
    zero = next((n for n, i in enumerate(indices) if form.names[i] == "0"), len(indices))
    start = min(len(indices) - len(digits), zero)
    padded = " " * start + digits.rjust(len(indices), "0")[start:]
    return dict(zip(indices, padded, strict=True)), fraction


def _sign_before(negative: bool, names: list[str]) -> str:
    """Return the sign before the first digit."""
    if "PR" in names:
        return "<" if negative else " "
    if "S" in names:
        leads = names.index("S") < next(i for i, name in enumerate(names) if name in _DIGITS)
        return ("-" if negative else "+") if leads else ""
    if "MI" in names:
        return ""
    return "-" if negative else " "


def _other(token: str, negative: bool, *, leading: bool) -> str:
    name = token.upper()
    if name == "S":
        return "" if leading else ("-" if negative else "+")
    if name == "MI":
        return "-" if negative else " "
    if name == "PR":
        return ">" if negative else " "
    return "$" if name == "L" else token


def read_number(text: str, pattern: str) -> Decimal:
    """Parse a number (TO_NUMBER). Raises StatementFailed for a text without digits."""
    scale = number_format(pattern).scale
    digits = re.sub(r"[^\d.]", "", text)
    if not re.search(r"\d", digits):
        raise StatementFailed(f'ERROR: invalid input syntax for type numeric: "{text}"')
    value = Decimal(digits).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    negative = "-" in text or ("PR" in pattern.upper() and "<" in text)
    return -value if negative else value
