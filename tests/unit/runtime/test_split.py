"""The sides of a split: their shares, and that the side depends only on the row."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.split import split, split_by_key

SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}
ROWS = pa.table({"number": np.arange(10_000), "text": pa.array(["ä", "b"] * 5_000)})


def numbers(side):
    return side["number"].to_pylist()


def test_each_row_is_on_one_side_and_the_shares_hold():
    sides = split(ROWS, SHARES)
    assert list(sides) == list(SHARES)
    assert sorted(n for side in sides.values() for n in numbers(side)) == numbers(ROWS)
    for name, share in SHARES.items():
        assert sides[name].num_rows / 10_000 == pytest.approx(share, abs=0.02)


def test_other_rows_and_their_order_move_no_row():
    some = ROWS.slice(100, 50)
    alone, among = split(some, SHARES), split(ROWS, SHARES)
    shuffled = split(some.take(np.random.default_rng(0).permutation(50)), SHARES)
    for name in SHARES:
        assert set(numbers(alone[name])) <= set(numbers(among[name]))
        assert sorted(numbers(shuffled[name])) == numbers(alone[name])


def test_equal_rows_stay_together_and_every_value_counts():
    alike = pa.table({"a": ["x"] * 50, "b": [1] * 50})
    assert sorted(side.num_rows for side in split(alike, SHARES).values()) == [0, 0, 50]
    apart = pa.table({"a": ["x"] * 50, "b": np.arange(50)})
    assert max(side.num_rows for side in split(apart, SHARES).values()) < 50


def test_the_seed_decides():
    first, again, other = (split(ROWS, SHARES, seed=seed)["test"] for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_no_rows_give_empty_sides():
    sides = split(ROWS.slice(0, 0), SHARES)
    assert {side.num_rows for side in sides.values()} == {0}


def test_shares_must_be_whole():
    with pytest.raises(ValueError, match="they must add up to 1"):
        split(ROWS, {"train": 0.6, "test": 0.3})


GROUPS = pa.table(
    {
        "venue": np.repeat(np.arange(1, 201), 3),
        "day": pa.array([date(2008, 3, 1) + timedelta(days=n) for n in range(200) for _ in "abc"]),
        "sold": np.arange(600),
    }
)
KEY = ("day", "venue")


def test_the_key_alone_decides_the_side():
    sides = split_by_key(GROUPS, {"test": 0.2, "train": 0.8}, key=KEY)
    venues = {name: set(side["venue"].to_pylist()) for name, side in sides.items()}
    assert not venues["test"] & venues["train"]
    assert len(venues["test"]) + len(venues["train"]) == 200
    assert sides["test"].num_rows / 600 == pytest.approx(0.2, abs=0.06)


def test_no_release_moves_a_group_to_another_side():
    """So a model of an earlier release is measured on rows that it was not trained on."""
    test = split_by_key(GROUPS, {"test": 0.2, "train": 0.8}, key=KEY)["test"]
    assert sorted(set(test["venue"].to_pylist()))[:8] == [16, 19, 21, 29, 34, 58, 61, 71]


def test_the_seed_decides_the_side_of_a_key():
    first, other = (
        split_by_key(GROUPS, SHARES, key=KEY, seed=seed)["test"]["venue"].to_pylist()
        for seed in (0, 1)
    )
    assert first != other
