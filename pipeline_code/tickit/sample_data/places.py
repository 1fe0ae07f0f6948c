"""Generates the tables of people, venues, categories and days."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.tickit.sample_data.tables import LIKES, TABLES
from pipeline_code.tickit.sample_data.text import Integers, joined, letters, logical, moments, pick
from pipeline_code.tickit.sample_data.words import words

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
FIRST_DATEID = 1827
# New Year, Memorial Day, Independence Day, Labor Day, Thanksgiving, Christmas and the day after.
HOLIDAYS = np.array(
    ["2008-01-01", "2008-05-26", "2008-07-04", "2008-09-01", "2008-11-27", "2008-12-25"]
    + ["2008-12-26"],
    dtype="datetime64[D]",
)
CATEGORIES = (
    (1, "Sports", "MLB", "Major League Baseball"),
    (2, "Sports", "NHL", "National Hockey League"),
    (3, "Sports", "NFL", "National Football League"),
    (4, "Sports", "NBA", "National Basketball Association"),
    (5, "Sports", "MLS", "Major League Soccer"),
    (6, "Shows", "Musicals", "Musical theatre"),
    (7, "Shows", "Plays", "All non-musical theatre"),
    (8, "Shows", "Opera", "All opera and light opera"),
    (9, "Concerts", "Pop", "All rock and pop music concerts"),
    (10, "Concerts", "Jazz", "All jazz singers and bands"),
    (11, "Concerts", "Classical", "All symphony, concerto, and choir concerts"),
)


def users(rng: np.random.Generator, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Generate people who sell and buy tickets."""
    ids = keys("users", tables, sales=("sellerid", "buyerid"), listing=("sellerid",))
    count = len(ids)
    first, last = pick(rng, words("first_names"), count), pick(rng, words("last_names"), count)
    cities = rng.integers(0, len(words("cities")), count)
    columns = [
        pa.array(ids),
        joined(*(letters(rng, kind, (count, n)) for kind, n in _USERNAME)),
        first,
        last,
        *_places(cities),
        joined(joined(first, last, by="."), pick(rng, words("mail_hosts"), count), by="@"),
        joined("(", letters(rng, DIGITS, (count, 3)), ") 555-", letters(rng, DIGITS, (count, 4))),
        *(logical(rng.random(count) < 0.5, rng.random(count) < 0.6) for _ in LIKES),
    ]
    return pa.table(columns, names=TABLES["users"].columns)


_USERNAME = ((CAPITALS, 3), (DIGITS, 2), (CAPITALS, 3))


def venue(rng: np.random.Generator, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Generate venues. The number of seats is 0 for most venues, and unknown for a few."""
    ids = keys("venue", tables, event=("venueid",))
    count = len(ids)
    seats = pa.array(rng.integers(150, 900, count) * 100).cast(pa.string())
    known = pc.if_else(pa.array(rng.random(count) < 0.3), seats, "0")
    columns = [
        pa.array(ids),
        joined(
            pick(rng, words("place_words"), count), pick(rng, words("place_kinds"), count), by=" "
        ),
        *_places(rng.integers(0, len(words("cities")), count)),
        pc.if_else(pa.array(rng.random(count) < 0.07), r"\N", known),
    ]
    return pa.table(columns, names=TABLES["venue"].columns)


def category(rng: np.random.Generator, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Return the published list of categories."""
    columns = [pa.array(values) for values in zip(*CATEGORIES, strict=True)]
    return pa.table(columns, names=TABLES["category"].columns)


def date(rng: np.random.Generator, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Generate the days of 2008 without February 29, which the published file does not have."""
    days = np.arange("2008-01-01", "2009-01-01", dtype="datetime64[D]")
    days = days[days != np.datetime64("2008-02-29")]
    count = len(days)
    seconds = days.astype("datetime64[s]").astype(np.int64)
    month = (days.astype("datetime64[M]").astype(int)) % 12
    columns = [
        pa.array(FIRST_DATEID + np.arange(count)),
        moments(seconds, "%Y-%m-%d"),
        pc.utf8_upper(pc.utf8_slice_codeunits(moments(seconds, "%a"), 0, 2)),
        pa.array(np.arange(count) // 7 + 1),
        pc.utf8_upper(moments(seconds, "%b")),
        pa.array(month // 3 + 1),
        moments(seconds, "%Y"),
        logical(np.isin(days, HOLIDAYS)),
    ]
    return pa.table(columns, names=TABLES["date"].columns)


def keys(table: str, tables: Mapping[str, pa.Table], **referring: tuple[str, ...]) -> Integers:
    """Return a key for each published row: the keys that given tables use, then 1, 2, …

    `referring` is table -> the columns that refer to this table.
    """
    columns = [
        tables[name][column].to_numpy()
        for name in referring.keys() & tables.keys()
        for column in referring[name]
    ]
    used = np.unique(np.concatenate([np.empty(0, np.int64), *columns]))
    count = TABLES[table].rows
    free = np.setdiff1d(np.arange(1, count + len(used) + 1), used)
    return np.sort(np.concatenate([used, free[: max(0, count - len(used))]]))


def _places(indices: Integers) -> tuple[pa.Array, pa.Array]:
    taken = pa.array(indices)
    city, state = zip(*(place.rsplit(" ", 1) for place in words("cities")), strict=True)
    return pa.array(city).take(taken), pa.array(state).take(taken)
