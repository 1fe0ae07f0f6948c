"""The lists of the days that are kept in the lake, below the location of an extraction.

`lists/<number>.json` is a complete list, which is written once, after all its files. The list with
the greatest number applies. A write that would replace a list is refused by S3
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html), so of the runs that
extend the same list at the same time, one publishes its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from objects import bucket_and_key, read_json, write_json
from statements import error_code

# Another run has written the object, or is writing it at this moment.
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True)
class KeptDay:
    """The files with all rows of a day, relative to the location; `unloaded` is an ISO time."""

    rows: int
    unloaded: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class DayList:
    """The kept days. Its `number` is 0 if there is no list."""

    number: int
    days: Mapping[str, KeptDay]

    def since(self, oldest: datetime) -> DayList:
        """Return the list without the days that were unloaded earlier: their files expire."""
        days = {
            day: kept
            for day, kept in self.days.items()
            if datetime.fromisoformat(kept.unloaded) >= oldest
        }
        return DayList(self.number, days)


NO_DAYS: Mapping[str, KeptDay] = {}


@dataclass(frozen=True)
class DayLists:
    """The lists below `location`, a prefix that ends with `/`. `s3` is a client of S3."""

    s3: Any
    location: str

    def latest_number(self) -> int:
        """Return the number of the list that applies, or 0."""
        place = bucket_and_key(f"{self.location}lists/")
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=place["Bucket"], Prefix=place["Key"]
        )
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return max((int(key.rpartition("/")[2].removesuffix(".json")) for key in keys), default=0)

    def read(self, number: int) -> DayList:
        """Return the list with this number."""
        if number == 0:
            return DayList(0, NO_DAYS)
        document = read_json(self.s3, self._uri(number))
        days = {
            day: KeptDay(kept["rows"], kept["unloaded"], tuple(kept["files"]))
            for day, kept in document["days"].items()
        }
        return DayList(number, days)

    def publish(self, number: int, days: Mapping[str, KeptDay]) -> bool:
        """Write the list with this number. Return False if another run has written it."""
        document = {"days": {day: asdict(days[day]) for day in sorted(days)}}
        try:
            write_json(self.s3, self._uri(number), document, IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) not in _TAKEN:
                raise
            return False
        return True

    def _uri(self, number: int) -> str:
        return f"{self.location}lists/{number:08}.json"
