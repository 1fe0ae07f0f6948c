"""MurmurHash3 for 32 bits, which scikit-learn's HashingVectorizer uses.

Source: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (x86_32, seed 0).
"""

from functools import lru_cache

_MASK = 0xFFFFFFFF


@lru_cache(maxsize=100_000)
def murmur_hash(text: str) -> int:
    """The hash of the text in UTF-8, as a signed number."""
    content = text.encode()
    whole = len(content) & ~3
    found = 0
    for start in range(0, whole, 4):
        found ^= _scrambled(int.from_bytes(content[start : start + 4], "little"))
        found = (_rotated(found, 13) * 5 + 0xE6546B64) & _MASK
    found ^= _scrambled(int.from_bytes(content[whole:], "little"))
    found = _finished(found ^ len(content))
    return found - (1 << 32) if found >> 31 else found


def _scrambled(block: int) -> int:
    return _rotated(block * 0xCC9E2D51 & _MASK, 15) * 0x1B873593 & _MASK


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK


def _finished(value: int) -> int:
    value = (value ^ value >> 16) * 0x85EBCA6B & _MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & _MASK
    return value ^ value >> 16
