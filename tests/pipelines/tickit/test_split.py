"""The side of a group of rows depends on its key only."""

import datetime as dt

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline_code.runtime.split import split_by_key
from pipeline_code.tickit.features import DATASET, KEY
from pipeline_code.tickit.preprocess import SHARES

INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "total_sold": INTEGERS,
                "venueid": INTEGERS,
                "catid": INTEGERS,
                "caldate": st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
                "holiday": st.booleans(),
                "events": INTEGERS,
            }
        ),
        min_size=1,
        max_size=8,
    ),
    data=st.data(),
)
def test_the_sales_of_a_group_do_not_change_its_side(rows, data):
    def sides(rows):
        table = pa.Table.from_pylist(rows, schema=DATASET.schema.arrow())
        numbered = table.append_column("number", pa.array(range(len(rows))))
        split = split_by_key(numbered, SHARES, key=KEY)
        found = {n: name for name, side in split.items() for n in side["number"].to_pylist()}
        return [found[number] for number in range(len(rows))]

    whole = sides(rows)
    order = data.draw(st.permutations(range(len(rows))))
    assert sides([rows[at] for at in order]) == [whole[at] for at in order]
    assert [sides([row]) for row in rows] == [[side] for side in whole]
    assert sides([row | {"total_sold": 0, "events": 1} for row in rows]) == whole
