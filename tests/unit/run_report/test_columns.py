"""The distributions of columns: at most 24 parts, which together have all rows."""

from run_report.columns import MOST_PARTS, distribution


def test_numbers_are_counted_in_equal_ranges():
    buckets = {str(number): [2, 0.0] for number in range(100)}
    parts = distribution({"kind": "number", "buckets": buckets})
    assert len(parts) == MOST_PARTS
    assert sum(count for _, count in parts) == 200
    assert parts[0][0] == "0 to 4.125"


def test_few_numbers_and_dates_are_counted_one_by_one():
    assert distribution({"kind": "number", "buckets": {"2": [1, 0], "-1": [3, 0]}}) == [
        ("−1", 3.0),
        ("2", 1.0),
    ]
    dates = {"2008-01-02": [1, 0], "2008-01-01": [5, 0]}
    assert distribution({"kind": "date", "buckets": dates}) == [
        ("2008-01-01", 5.0),
        ("2008-01-02", 1.0),
    ]


def test_the_most_frequent_texts_come_first_and_the_others_are_one_part():
    buckets = {f"t{number:02}": [number, 0] for number in range(1, 20)}
    parts = distribution({"kind": "text", "buckets": buckets})
    assert parts[0] == ("t19", 19.0)
    assert parts[-1] == ("7 other values", 28.0)


def test_a_column_without_values_has_none():
    assert distribution({"kind": "number", "buckets": {}}) == []
