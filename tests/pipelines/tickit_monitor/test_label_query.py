"""The query of the labels on a small warehouse, with the SQL translation of the laptop cloud."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import sqlglot

from pipeline_code.tickit_monitor.monitored import MONITORED

QUERY = Path(__file__).parents[3] / "pipeline_code/tickit_monitor/labels.sql"
TOMORROW = date.today() + timedelta(days=1)
WAREHOUSE = f"""
CREATE TABLE date (dateid SMALLINT, caldate DATE);
INSERT INTO date VALUES (1, '2008-01-01'), (8, '{TOMORROW}');
CREATE TABLE event (eventid INTEGER, venueid SMALLINT, catid SMALLINT, dateid SMALLINT);
INSERT INTO event VALUES (1, 5, 9, 1), (2, 5, 9, 1), (3, 6, 9, 8);
CREATE TABLE sales (eventid INTEGER, qtysold SMALLINT);
INSERT INTO sales VALUES (1, 2), (1, 3), (2, 4), (3, 8);
"""


def test_past_days_have_labels_with_the_key_of_a_batch():
    (sql,) = sqlglot.transpile(
        QUERY.read_text(), read="redshift", write="duckdb", error_level="raise"
    )
    with duckdb.connect() as connection:
        connection.execute(WAREHOUSE)
        assert connection.execute(sql).fetchall() == [("1-5-9", 9)]
    assert MONITORED.batch_key == ("dateid", "venueid", "catid")
