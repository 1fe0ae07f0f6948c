"""The text forms of points in time, without further packages.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
"""

import re
from datetime import datetime

# The forms that Arrow reads, too. UNLOAD writes 2008-12-31 23:59:59+00 for TIMESTAMPTZ.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII
)


def is_timestamp(text: str) -> bool:
    """Whether the text is a date, or a date with a time."""
    text = text.strip()
    try:
        return _TIME.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
