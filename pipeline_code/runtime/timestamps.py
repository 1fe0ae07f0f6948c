"""Columns of points in time. A time without a zone is in UTC, as in Redshift.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
"""

import pyarrow as pa
import pyarrow.compute as pc

_ZONED = r":.*(Z|[+-]\d\d(:?\d\d)?)$"
ONLY_DATE = len("2008-12-31")


def in_utc(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert texts to times in UTC; raises ArrowInvalid if one is not a time."""
    trimmed = pc.utf8_trim_whitespace(texts)
    is_date = pc.equal(pc.utf8_length(trimmed), ONLY_DATE)
    times = pc.if_else(is_date, pc.binary_join_element_wise(trimmed, "00:00", " "), trimmed)
    zoned = pc.match_substring_regex(times, _ZONED)
    complete = pc.if_else(zoned, times, pc.binary_join_element_wise(times, "Z", ""))
    return complete.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))


def days_of(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The days of times; values of another type are returned unchanged."""
    if not pa.types.is_timestamp(values.type):
        return values
    return values.cast(pa.date32(), safe=False)
