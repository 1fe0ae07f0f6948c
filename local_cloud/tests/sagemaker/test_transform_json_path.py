"""The JSONPath of the filters of transform jobs."""

import pytest

from local_cloud.sagemaker.jobs.transform.json_path import InvalidPath, PathNotFound, read_path

ROW = ["k", "1", "2", "3"]
RECORD = {"id": 7, "features": {"a": [1, 2], "b": [3, 4]}, "rest": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", ROW),
        ("", ROW),
        ("$[0]", "k"),
        ("$[-1]", "3"),
        ("$[1:]", ["1", "2", "3"]),
        ("$[1:-1]", ["1", "2"]),
        ("$[:2]", ["k", "1"]),
        ("$[0,2:]", ["k", "2", "3"]),
        ("$[3,0]", ["3", "k"]),
        ("$[*]", ROW),
    ],
)
def test_paths_into_a_row(path, found):
    assert read_path(path).find(ROW) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.id", 7),
        ("$['id']", 7),
        ("$.features.b", [3, 4]),
        ("$.features.b[1]", 4),
        ("$.features['a','b']", {"a": [1, 2], "b": [3, 4]}),
        ("$.features.['a']", [1, 2]),
        ("$['rest','id']", {"rest": None, "id": 7}),
        ("$.features.*", [[1, 2], [3, 4]]),
        ("$.features.*[0]", [1, 3]),
        ("$.features.a[0:]", [1, 2]),
    ],
)
def test_paths_into_an_object(path, found):
    assert read_path(path).find(RECORD) == found


@pytest.mark.parametrize("path", ["$[4]", "$[4:]", "$[0,4]", "$[-5]", "$.id", "$[0].a"])
def test_a_missing_place_in_a_row_is_an_error(path):
    with pytest.raises(PathNotFound):
        read_path(path).find(ROW)


@pytest.mark.parametrize("path", ["$.name", "$.id.x", "$[0]", "$.id.*", "$['id','name']"])
def test_a_missing_place_in_an_object_is_an_error(path):
    with pytest.raises(PathNotFound):
        read_path(path).find(RECORD)


@pytest.mark.parametrize("path", ["id", "[1:]", "$..id", "$[a]", "$[1:", "$[?(@.id)]", "$.", "x$"])
def test_an_invalid_path_is_refused(path):
    with pytest.raises(InvalidPath, match="is not a JSONPath of transform jobs"):
        read_path(path)


def test_only_the_root_selects_the_whole_record():
    assert read_path("$").selects_everything
    assert read_path("").selects_everything
    assert not read_path("$[0:]").selects_everything
