"""Placeholders are replaced by texts, and joins of only texts become texts."""

from __future__ import annotations

import hashlib

import pytest

from pipeline_code.compiler import DefinitionError, deployed
from pipeline_code.compiler.files import file_text, with_files
from pipeline_code.compiler.placeholders import (
    UnknownText,
    environment_names,
    folded,
    replaced,
)

LAKE, KEY = {"Get": "Environment.Lake"}, {"Get": "Environment.Key"}
RUN = {"Get": "Execution.PipelineExecutionId"}
VALUES = {"Lake": "${Token[lake]}", "Key": "a/b"}


def join(*values, on="/"):
    return {"Std:Join": {"On": on, "Values": list(values)}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (LAKE, "${Token[lake]}"),
        ([{"A": KEY}, 1, None], [{"A": "a/b"}, 1, None]),
        (join("s3:/", LAKE, KEY, ""), "s3://${Token[lake]}/a/b/"),
        (join("s3:/", LAKE, "runs", RUN, "x", ""), join("s3://${Token[lake]}/runs", RUN, "x/")),
        (join("a", join("b", KEY), RUN), join("a/b/a/b", RUN)),
        (join(join(LAKE, RUN), "x"), join(join("${Token[lake]}", RUN), "x")),
        (join("is ", RUN, " of ", 5, on=""), join("is ", RUN, " of ", 5, on="")),
        (join(1), join(1)),
        ({"Get": "Parameters.Lake"}, {"Get": "Parameters.Lake"}),
    ],
)
def test_a_deployed_definition_holds_literals(value, expected):
    assert deployed({"Steps": value}, VALUES) == {"Steps": expected}


def test_a_value_that_the_environment_lacks_is_named():
    with pytest.raises(
        DefinitionError, match="'Lake': allowed are Key, Look; .*environment_values"
    ):
        deployed({"Steps": [LAKE]}, {"Look": "x", "Key": "y"})


def test_the_values_that_a_definition_asks_for():
    assert environment_names({"Steps": [join(LAKE, RUN), {"A": KEY}, LAKE]}) == ("Key", "Lake")


def test_an_unknown_text_makes_unknown_what_it_is_joined_to():
    (found,) = folded([join("s3:/", UnknownText("<lake>"))])
    assert (found, type(found)) == ("s3://<lake>", UnknownText)
    known = folded(join("a", "b"))
    assert type(known) is str


def test_only_what_is_asked_for_is_replaced():
    found = replaced([LAKE, RUN], lambda root, name: "x" if root == "Environment" else None)
    assert found == ["x", RUN]


def test_texts_and_digests_of_files(tmp_path):
    (tmp_path / "query.sql").write_text("\nSELECT 1\n")
    body = {"Steps": [{"Get": "Text.query.sql"}, {"Get": "Digest.query.sql"}, LAKE]}
    text, digest, lake = with_files(body, tmp_path)["Steps"]
    assert text == "SELECT 1"
    assert digest == "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5"
    assert lake == LAKE


def test_a_file_may_include_another(tmp_path):
    (tmp_path / "inner.sql").write_text("SELECT 1\n")
    (tmp_path / "outer.sql").write_text("SELECT * FROM (\n{inner.sql}\n) x WHERE y = '{z}'\n")
    assert file_text(tmp_path, "outer.sql") == "SELECT * FROM (\nSELECT 1\n) x WHERE y = '{z}'"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ';' AS a\nFROM t;\n",
        "-- {other.sql}: rows of the shop\nSELECT ';' AS a\nFROM t -- :first_day\n",
        "SELECT ';' AS a\nFROM t /* the end */;",
    ],
)
def test_comments_and_the_final_semicolon_are_neither_deployed_nor_in_the_digest(query, tmp_path):
    """UNLOAD and dataset definitions enclose the query."""
    (tmp_path / "query.sql").write_text(query)
    (tmp_path / "outer.sql").write_text("SELECT * FROM ({query.sql}) x; -- all\n")
    body = {"Steps": [{"Get": "Text.query.sql"}, {"Get": "Digest.query.sql"}]}
    text, digest = with_files(body, tmp_path)["Steps"]
    assert text == "SELECT ';' AS a\nFROM t"
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert file_text(tmp_path, "outer.sql") == f"SELECT * FROM ({text}) x"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT 1;\nDROP TABLE sales;", "line 2: a second statement begins here"),
        ("-- nothing", "there is no statement"),
        ("SELECT 'a", "line 1: ' is not closed"),
    ],
)
def test_a_file_with_other_than_one_query_is_refused(query, message, tmp_path):
    (tmp_path / "query.sql").write_text(query)
    with pytest.raises(DefinitionError, match=rf"query\.sql does not .* one query: {message}"):
        file_text(tmp_path, "query.sql")


def test_a_file_that_is_missing_is_named_with_those_there_are(tmp_path):
    (tmp_path / "query.sql").touch()
    with pytest.raises(DefinitionError, match=r"no file 'quary\.sql': it has query\.sql"):
        file_text(tmp_path, "quary.sql")
