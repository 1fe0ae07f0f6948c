"""Generates events, listings and sales, with a signal in the number of tickets per group."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.tickit.sample_data.calendar import DAY_SECONDS, Calendar
from pipeline_code.tickit.sample_data.places import HOLIDAYS, keys
from pipeline_code.tickit.sample_data.tables import TABLES
from pipeline_code.tickit.sample_data.text import Integers, iso_times, joined, money, pick
from pipeline_code.tickit.sample_data.words import words

Tables = Mapping[str, pa.Table]
Weights = npt.NDArray[np.float64]
# Tickets are on sale for this number of days before an event, but not before the year starts.
DAYS_ON_SALE = 60
EVENT_CATEGORIES = np.array([6, 7, 8, 9])
EVENT_HOURS = np.array([14, 15, 19, 20])
# The latest time of day, so that a ticket is sold before the earliest show starts.
LATEST_SALE_SECONDS = 14 * 60 * 60
# Factors for the sales of a group: by weekday from Thursday (numpy's day 0), by category in the
# order 8, 9, 6, 7, and for holidays. The values for venue and season are logarithms.
WEEKDAY_FACTORS = np.array([0.95, 1.25, 1.45, 1.1, 0.75, 0.75, 0.85])
CATEGORY_FACTORS = np.array([0.8, 1.15, 1.25, 0.85])
HOLIDAY_FACTOR = 1.5
VENUE_SPREAD = 0.3
SEASON_HEIGHT = 0.25
COMMISSION_PERCENT = 15


def event(rng: np.random.Generator, tables: Tables) -> pa.Table:
    """Generate shows and concerts, distributed over venues and days."""
    ids = keys("event", tables, listing=("eventid",), sales=("eventid",))
    count = len(ids)
    calendar = Calendar.of(tables)
    day = rng.integers(0, len(calendar.ids), count)
    show = [pick(rng, words(kind), count) for kind in ("show_first", "show_second")]
    columns = [
        pa.array(ids),
        pa.array(rng.choice(tables["venue"]["venueid"].to_numpy(), count)),
        pa.array(rng.choice(EVENT_CATEGORIES, count)),
        pa.array(calendar.ids[day]),
        joined("The", *show, by=" "),
        iso_times(calendar.seconds(day) + rng.choice(EVENT_HOURS, count) * 3600),
    ]
    return pa.table(columns, names=TABLES["event"].columns)


def listing(rng: np.random.Generator, tables: Tables) -> pa.Table:
    """Generate offers of tickets. The signal: a more popular event has more listings.

    If sales are given, the listings that they refer to have the event and the seller of their
    sales, and at least as many tickets.
    """
    ids = keys("listing", tables, sales=("listid",))
    count = len(ids)
    calendar = Calendar.of(tables)
    row = rng.choice(tables["event"].num_rows, count, p=_popularity(rng, tables, calendar))
    offer = {
        "sellerid": rng.choice(tables["users"]["userid"].to_numpy(), count),
        "eventid": tables["event"]["eventid"].to_numpy()[row],
        "numtickets": rng.integers(1, 10, count),
        "last_day": calendar.positions(tables["event"]["dateid"].to_numpy()[row]),
    }
    if "sales" in tables:
        _cover(tables["sales"], ids=ids, offer=offer, calendar=calendar)
    day = np.maximum(offer["last_day"] - rng.integers(1, DAYS_ON_SALE + 1, count), 0)
    price = 100 * np.exp(rng.normal(5.5, 0.7, count)).clip(20, 2000).astype(np.int64)
    columns = [
        pa.array(ids),
        pa.array(offer["sellerid"]),
        pa.array(offer["eventid"]),
        pa.array(calendar.ids[day]),
        pa.array(offer["numtickets"]),
        money(price),
        money(price * offer["numtickets"]),
        iso_times(calendar.seconds(day) + rng.integers(0, DAY_SECONDS, count)),
    ]
    return pa.table(columns, names=TABLES["listing"].columns)


def sales(rng: np.random.Generator, tables: Tables) -> pa.Table:
    """Generate sales: one per listing, for as many listings as the table has rows (or for all)."""
    offers = tables["listing"]
    count = min(TABLES["sales"].rows, offers.num_rows)
    offers = offers.take(pa.array(rng.permutation(offers.num_rows)[:count]))
    quantity = np.minimum(1 + rng.binomial(7, 1 / 7, count), offers["numtickets"].to_numpy())
    price = np.round(100 * offers["priceperticket"].cast(pa.float64()).to_numpy()).astype(np.int64)
    day = _sale_days(rng, offers, tables)
    calendar = Calendar.of(tables)
    columns = [
        pa.array(1 + np.arange(count)),
        offers["listid"],
        offers["sellerid"],
        pa.array(_buyers(rng, offers["sellerid"].to_numpy(), tables["users"]["userid"].to_numpy())),
        offers["eventid"],
        pa.array(calendar.ids[day]),
        pa.array(quantity),
        money(price * quantity),
        money(price * quantity * COMMISSION_PERCENT // 100),
        _unpadded(calendar.seconds(day) + rng.integers(0, LATEST_SALE_SECONDS, count)),
    ]
    return pa.table(columns, names=TABLES["sales"].columns)


def _popularity(rng: np.random.Generator, tables: Tables, calendar: Calendar) -> Weights:
    """Return the share of each event in all listings; the shares add up to 1."""
    events = tables["event"]
    day = calendar.positions(events["dateid"].to_numpy())
    venues, venue = np.unique(events["venueid"].to_numpy(), return_inverse=True)
    weights: Weights = (
        np.exp(rng.normal(0, VENUE_SPREAD, len(venues)))[venue]
        * np.exp(SEASON_HEIGHT * np.cos(2 * np.pi * day / len(calendar.ids)))
        * CATEGORY_FACTORS[events["catid"].to_numpy() % len(CATEGORY_FACTORS)]
        * WEEKDAY_FACTORS[calendar.days[day].astype(np.int64) % 7]
        * np.where(np.isin(calendar.days[day], HOLIDAYS), HOLIDAY_FACTOR, 1)
        # On sale for fewer days in the first weeks, as published, and for no day on the first day.
        * np.minimum(day / DAYS_ON_SALE, 1)
    )
    weights /= weights.sum()
    return weights


def _cover(
    sold: pa.Table, *, ids: Integers, offer: dict[str, Integers], calendar: Calendar
) -> None:
    """Set event and tickets of the listings that sales refer to, so that they match the sales."""
    listid, first, sale = np.unique(
        sold["listid"].to_numpy(), return_index=True, return_inverse=True
    )
    rows = np.searchsorted(ids, listid)
    offer["sellerid"][rows] = sold["sellerid"].to_numpy()[first]
    offer["eventid"][rows] = sold["eventid"].to_numpy()[first]
    np.add.at(offer["numtickets"], rows[sale], sold["qtysold"].to_numpy())
    np.minimum.at(offer["last_day"], rows[sale], calendar.positions(sold["dateid"].to_numpy()))


def _sale_days(rng: np.random.Generator, offers: pa.Table, tables: Tables) -> Integers:
    """Draw the days of sales: after the day of the listing, up to the day of the event."""
    calendar = Calendar.of(tables)
    order = np.argsort(tables["event"]["eventid"].to_numpy())
    found = np.searchsorted(
        tables["event"]["eventid"].to_numpy(), offers["eventid"].to_numpy(), sorter=order
    )
    last = calendar.positions(tables["event"]["dateid"].to_numpy()[order[found]])
    listed = calendar.positions(offers["dateid"].to_numpy())
    first = np.minimum(listed + 1, last)
    return rng.integers(first, np.maximum(last, first) + 1)


def _buyers(rng: np.random.Generator, sellers: Integers, people: Integers) -> Integers:
    """Draw a buyer for each sale who is not the seller."""
    at = np.searchsorted(people, sellers)
    others: Integers = people[(at + rng.integers(1, len(people), len(at))) % len(people)]
    return others


def _unpadded(seconds: Integers) -> pa.Array:
    """Format times like 2/8/2008 02:36:48, as in the published sales."""
    days = pa.array(seconds).cast(pa.timestamp("s"))
    parts = (part(days).cast(pa.string()) for part in (pc.month, pc.day, pc.year))
    time_of_day = pc.utf8_slice_codeunits(iso_times(seconds), len("2008-02-08 "))
    return joined(joined(*parts, by="/"), time_of_day, by=" ")
