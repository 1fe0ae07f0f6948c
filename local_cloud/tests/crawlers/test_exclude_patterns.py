"""Exclude patterns. The examples are those of "Include and exclude patterns" of the Glue guide."""

from __future__ import annotations

import pytest

from local_cloud.crawlers.exclude_patterns import InvalidPattern, excluded, regular_expression


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.csv", ["a.csv", ".csv"], ["b/a.csv", "a.csv.gz", "acsv"]),
        ("*.*", ["a.b", "."], ["a"]),
        ("*.{csv,avro}", ["a.csv", "a.avro"], ["a.json", "a.csv,avro"]),
        ("foo.?", ["foo.a"], ["foo.", "foo.ab", "foo./"]),
        ("myfolder/*", ["myfolder/mysource"], ["myfolder/mysource/data", "myfolder"]),
        ("myfolder/*/*", ["myfolder/mysource/data"], ["myfolder/mysource"]),
        ("myfolder/**", ["myfolder/a", "myfolder/a/b"], ["myfolder", "other/a"]),
        ("myfolder**", ["myfolder", "myfolder/a.txt", "myfolder2/a"], ["my"]),
        ("[a-c]/x", ["a/x", "c/x"], ["d/x"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]),
        ("[\\^.]", ["\\", "^", "."], ["a"]),
        ("a\\*b", ["a*b"], ["axb"]),
        ("a,b}", ["a,b}"], ["a", "b"]),
        ("(a+).x", ["(a+).x"], ["aa.x", "(a+)yx"]),
    ],
)
def test_a_pattern_matches_paths_relative_to_the_target(pattern, matching, others):
    assert [path for path in [*matching, *others] if excluded(path, [pattern])] == matching


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{a", "a group without an end"),
        ("{a,{b}}", "a group within a group"),
        ("[z-a]", "is not valid: bad character range"),
    ],
)
def test_a_pattern_that_is_not_valid_is_rejected_by_name(pattern, reason):
    with pytest.raises(InvalidPattern, match=reason):
        regular_expression(pattern)
