"""Objects of transform jobs are read and written in parts, whatever their size."""

from __future__ import annotations

import gzip
import io
import threading

import pytest

from local_cloud.sagemaker.jobs.transform.ordered_work import in_order
from local_cloud.sagemaker.jobs.transform.payloads import ObjectFailed, payloads
from local_cloud.sagemaker.jobs.transform.transform_settings import MEGABYTE, TransformSettings


def settings(**source):
    return TransformSettings.read(
        {
            "TransformInput": {"ContentType": "text/csv", "SplitType": "Line", **source},
            "TransformOutput": {"Accept": "text/csv", "AssembleWith": "Line"},
            "MaxPayloadInMB": 1,
        }
    )


ROWS = b"".join(b"%d,some words to make a line longer\n" % number for number in range(200_000))


@pytest.mark.parametrize("compression", ["None", "Gzip"])
def test_an_object_is_read_as_far_as_its_requests_are_taken(compression):
    content = gzip.compress(ROWS, compresslevel=1) if compression == "Gzip" else ROWS
    file = io.BytesIO(content)
    requests = payloads(file, settings(CompressionType=compression))
    first = next(requests)
    assert len(first.body) <= MEGABYTE
    assert file.tell() < len(content) / 2
    bodies = [first.body, *(each.body for each in requests)]
    assert b"\n".join(bodies) == ROWS.removesuffix(b"\n")


@pytest.mark.parametrize(
    ("content", "records"),
    [(b"", []), (b"\n", [b""]), (b"a", [b"a"]), (b"a\n\nb\r\n", [b"a", b"", b"b\r"])],
    ids=["empty", "an empty line", "without a line end", "an empty line between"],
)
def test_a_line_end_ends_a_record(content, records):
    found = [
        record for each in payloads(io.BytesIO(content), settings()) for record in each.records
    ]
    assert found == records


@pytest.mark.parametrize(
    "content",
    [b"1,2\n", gzip.compress(ROWS)[:-100], gzip.compress(b"")[:5]],
    ids=["a text", "cut", "cut in the header"],
)
def test_what_is_not_gzipped_is_refused(content):
    with pytest.raises(ObjectFailed, match="not gzipped, although CompressionType is Gzip"):
        list(payloads(io.BytesIO(content), settings(CompressionType="Gzip")))


def test_results_are_in_order_and_few_items_are_taken_ahead():
    taken, most_waiting = 0, 0
    released = threading.Semaphore(0)

    def items():
        nonlocal taken
        while taken < 100:
            taken += 1
            yield taken

    def work(item):
        released.acquire()
        return item

    results = []
    found = in_order(work, items(), threads=2)
    for number in range(100):
        released.release()
        results.append(next(found))
        most_waiting = max(most_waiting, taken - number)
        assert number < taken
    assert results == list(range(1, 101))
    assert most_waiting <= 4
    assert next(found, None) is None


def test_an_error_ends_the_work():
    started = []

    def work(item):
        started.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        list(in_order(work, iter(range(1000)), threads=2))
    assert len(started) < 10
