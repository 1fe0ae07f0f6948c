"""Each example of AWS' SQL reference returns the documented value, or an error with its name."""

from __future__ import annotations

import gzip

import pytest

from local_cloud.redshift import engine
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

from . import sql_reference
from .conftest import BUCKET

EXAMPLES = [
    pytest.param(chapter, example, id=f"{chapter}-{example.page}-{number}")
    for chapter in sql_reference.CHAPTERS
    for number, example in enumerate(sql_reference.examples(chapter))
]
# Chapter -> its minimum number of examples, if it has fewer than the other chapters.
FEWEST_A_CHAPTER = {"system_functions": 10}


class Reference:
    """A database for each chapter, and the bucket of a cluster for COPY and UNLOAD."""

    def __init__(self, lake, folder):
        self.lake = lake
        self.folder = folder
        self.warehouses = {}

    def warehouse(self, chapter):
        """Return the database of a chapter, with the tables that its examples read."""
        if chapter not in self.warehouses:
            warehouse = Warehouse(chapter, self.folder / chapter, "admin", "redline")
            self.warehouses[chapter] = warehouse
            for statement in sql_reference.setup():
                self.run(chapter, statement)
        return self.warehouses[chapter]

    def run(self, chapter, sql):
        """Run a statement in its own transaction. Return the outcome."""
        session = Session(self.warehouse(chapter), self.lake, database="redline", user="admin")
        try:
            with session.transaction(writes=engine.writes(sql)):
                return engine.run(session, sql, {})
        finally:
            session.close()


@pytest.fixture(scope="module")
def reference(cluster, tmp_path_factory):
    """Databases for the examples. COPY and UNLOAD use S3 of the laptop cloud."""
    from local_cloud.redshift.s3.s3_access import S3Access

    lake = S3Access(
        cluster.cloud,
        "arn:aws:redshift:us-east-1:123456789012:cluster:redline-test",
        lambda: {cluster.role},
    )
    found = Reference(lake, tmp_path_factory.mktemp("reference"))
    yield found
    for warehouse in found.warehouses.values():
        warehouse.close()


@pytest.mark.parametrize(("chapter", "example"), EXAMPLES)
def test_the_documented_value(reference, cluster, chapter, example):
    _lay_files(cluster, example)
    *before, last = [_here(statement, cluster) for statement in example.statements]
    try:
        for statement in before:
            reference.run(chapter, statement)
        outcome = reference.run(chapter, last)
    except StatementFailed as failure:
        _check_failure(example, failure.message)
        return
    assert example.error is None and example.refusal is None, "it should not have run"
    if last.lower().startswith("unload"):
        # Pages do not show trailing blanks.
        written = sorted(line.rstrip(" ") for line in _unloaded(cluster, example))
        assert written == sorted(_lines(example))
        return
    actual = list(zip(*(c.to_pylist() for c in outcome.result.rows.columns), strict=True))
    ordered = " order by " in " ".join(last.lower().split()).rpartition(")")[2]
    assert sql_reference.same_rows(actual, example.rows, ordered=ordered), actual


def _check_failure(example, message):
    if example.error is not None:
        assert example.error in message
        assert "laptop" not in message
    else:
        assert example.refusal is not None, message
        assert example.refusal.lower() in message.lower()
        assert "is not supported by the laptop cloud's warehouse" in message


def _here(statement, cluster):
    role = "arn:aws:iam::0123456789012:role/MyRedshiftRole"
    return statement.replace(role, cluster.role).replace("s3://mybucket/", f"s3://{BUCKET}/")


def _lay_files(cluster, example):
    for key in cluster.keys(""):
        cluster.s3.delete_object(Bucket=BUCKET, Key=key)
    for key, content in example.files:
        cluster.put(key, content.replace("s3://mybucket/", f"s3://{BUCKET}/"))


def _unloaded(cluster, example):
    if example.expected[0] == "files":
        return cluster.keys("")
    texts = [cluster.get(key) for key in cluster.keys("")]
    return [line for text in texts for line in _plain(text).splitlines()]


def _plain(content):
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()


def _lines(example):
    return example.expected[1:] if example.expected[0] == "files" else example.expected


def test_at_most_a_tenth_of_the_examples_is_refused():
    found = [example for chapter in sql_reference.CHAPTERS for example in _of(chapter)]
    refused = [example for example in found if example.refusal is not None]

    assert len(found) >= 300
    assert len(refused) <= len(found) / 10


@pytest.mark.parametrize("chapter", sql_reference.CHAPTERS)
def test_a_chapter_has_twenty_examples(chapter):
    assert len(_of(chapter)) >= FEWEST_A_CHAPTER.get(chapter, 20)
    assert all(example.page and example.expected for example in _of(chapter))


def _of(chapter):
    return sql_reference.examples(chapter)
