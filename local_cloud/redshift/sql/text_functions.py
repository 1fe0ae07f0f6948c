"""Python functions of texts and bytes that DuckDB does not have."""

from __future__ import annotations

import hashlib
import re

from local_cloud.redshift.statement_errors import StatementFailed

_FNV_PRIME = 0x100000001B3
_WORD = 1 << 64


def crc32c(text: str) -> str:
    """Return the CRC-32C (Castagnoli) in eight hexadecimal digits."""
    value = 0xFFFFFFFF
    for byte in text.encode():
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return f"{value ^ 0xFFFFFFFF:08x}"


def fnv(data: bytes, seed: int) -> int:
    """Return the 64-bit FNV-1a hash as a signed integer."""
    value = seed % _WORD
    for byte in data:
        value = ((value ^ byte) * _FNV_PRIME) % _WORD
    return value - _WORD if value >= _WORD // 2 else value


def little_endian(number: int, width: int) -> bytes:
    """Return the bytes of an integer in little-endian order."""
    return number.to_bytes(width, "little", signed=True)


def sha2(text: str, bits: int) -> str:
    """Return the SHA-2 hash in hexadecimal digits; empty for an invalid number of bits."""
    if bits not in (0, 224, 256, 384, 512):
        return ""
    return hashlib.new(f"sha{bits or 256}", text.encode()).hexdigest()


_SOUNDS = {
    letter: digit
    for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), start=1)
    for letter in letters
}


def soundex(text: str) -> str:
    """Return the American Soundex code for the English letters of a text."""
    letters = [letter for letter in text.lower() if "a" <= letter <= "z"]
    if not letters:
        return ""
    code, last = "", _SOUNDS.get(letters[0])
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter)
        if sound is not None and sound != last:
            code += str(sound)
        if letter not in "hw":
            last = sound
    return letters[0].upper() + code[:3].ljust(3, "0")


def difference(left: str, right: str) -> int:
    """Return the number of equal positions in two Soundex codes: 0 to 4."""
    one, other = soundex(left), soundex(right)
    if not one and not other:
        return 1
    return sum(a == b for a, b in zip(one, other, strict=False))


def initcap(text: str) -> str:
    """Capitalize each word. Words consist of letters and digits."""
    return re.sub(r"[^\W_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


def strtol(text: str, base: int) -> int:
    """Parse an integer in a base."""
    stripped = text.strip()
    if not 2 <= base <= 36:
        raise StatementFailed(f"ERROR: base {base} is not between 2 and 36")
    if not stripped:
        return 0
    try:
        value = int(stripped, base)
    except ValueError as error:
        raise StatementFailed(
            f"ERROR: The input {text} is not valid to be converted to base {base}"
        ) from error
    if not -(_WORD // 2) <= value < _WORD // 2:
        raise StatementFailed(f"ERROR: The input {text} is out of range for type bigint")
    return value
