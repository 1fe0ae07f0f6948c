"""The seven tables: the files that AWS publishes, and their numbers of rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableFile:
    """The published file of a table: text without header, one line per row.

    Source: "Sample database" and "Load data from Amazon S3" of the Amazon Redshift guides.
    """

    file: str
    rows: int
    columns: tuple[str, ...]
    delimiter: str = "|"
    newline: str = "\r\n"


LIKES = (
    *("sports", "theatre", "concerts", "jazz", "classical"),
    *("opera", "rock", "vegas", "broadway", "musicals"),
)

# Each table is listed after the tables that it refers to.
TABLES = {
    "users": TableFile(
        "allusers_pipe.txt",
        49_990,
        ("userid", "username", "firstname", "lastname", "city", "state", "email", "phone")
        + tuple(f"like{liked}" for liked in LIKES),
    ),
    "venue": TableFile(
        "venue_pipe.txt", 202, ("venueid", "venuename", "venuecity", "venuestate", "venueseats")
    ),
    "category": TableFile("category_pipe.txt", 11, ("catid", "catgroup", "catname", "catdesc")),
    "date": TableFile(
        "date2008_pipe.txt",
        365,
        ("dateid", "caldate", "day", "week", "month", "qtr", "year", "holiday"),
    ),
    "event": TableFile(
        "allevents_pipe.txt",
        8_798,
        ("eventid", "venueid", "catid", "dateid", "eventname", "starttime"),
    ),
    "listing": TableFile(
        "listings_pipe.txt",
        192_497,
        ("listid", "sellerid", "eventid", "dateid", "numtickets")
        + ("priceperticket", "totalprice", "listtime"),
        newline="\n",
    ),
    "sales": TableFile(
        "sales_tab.txt",
        172_456,
        ("salesid", "listid", "sellerid", "buyerid", "eventid", "dateid", "qtysold")
        + ("pricepaid", "commission", "saletime"),
        delimiter="\t",
        newline="\n",
    ),
}
