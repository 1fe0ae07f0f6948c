"""The published TICKIT files are loaded, and the queries of the article return its results."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from local_cloud.tests.redshift.conftest import cloud, cluster

__all__ = ["cloud", "cluster"]

TABLES = {
    "date": "dateid smallint not null distkey sortkey, caldate date not null, "
    "day character(3) not null, week smallint not null, month character(5) not null, "
    "qtr character(5) not null, year smallint not null, holiday boolean default('N')",
    "event": "eventid integer not null distkey, venueid smallint not null, "
    "catid smallint not null, dateid smallint not null sortkey, eventname varchar(200), "
    "starttime timestamp",
    "sales": "salesid integer not null, listid integer not null distkey, "
    "sellerid integer not null, buyerid integer not null, eventid integer not null, "
    "dateid smallint not null sortkey, qtysold smallint not null, pricepaid decimal(8,2), "
    "commission decimal(8,2), saletime timestamp",
}
COPIES = {
    "date": ("date2008_pipe.txt", "delimiter '|'"),
    "event": ("allevents_pipe.txt", "delimiter '|' timeformat 'YYYY-MM-DD HH:MI:SS'"),
    "sales": ("sales_tab.txt.gz", "gzip delimiter '\\t' timeformat 'MM/DD/YYYY HH:MI:SS'"),
}
ARTICLE = (
    "SELECT sum(s.qtysold) AS total_sold, e.venueid, e.catid, d.caldate, d.holiday "
    "from sales s, event e, date d WHERE s.eventid=e.eventid and e.dateid=d.dateid "
    "GROUP BY e.venueid, e.catid, d.caldate, d.holiday"
)


@pytest.mark.real_data
def test_the_articles_query_gives_the_published_result(cluster, real_data):
    folder = real_data / "tickit"
    for table, columns in TABLES.items():
        name, options = COPIES[table]
        cluster.put(f"tickit/{name}", (folder / name).read_bytes())
        cluster.run(f"create table {table} ({columns})")
        cluster.run(f"copy {table} from 's3://lake/tickit/{name}' iam_role '{{role}}' {options}")

    rows = cluster.rows(ARTICLE)

    assert len(rows) == 8113
    assert sum(row[0] for row in rows) == 345349
    assert sum(row[4] for row in rows) == 139
    with (folder / "query_result.csv").open(newline="") as file:
        published = Counter(
            (int(r["total_sold"]), int(r["venueid"]), int(r["catid"]), r["caldate"], r["holiday"])
            for r in csv.DictReader(file)
        )
    assert Counter((*row[:4], str(row[4])) for row in rows) == published
