"""The pointer is updated to a complete and valid set; otherwise it does not change."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def pointer(s3):
    """Return a function that reads the content of the pointer."""

    def read():
        answer = s3.get_object(Bucket="lake", Key="kept/insurance/latest.json")
        return json.load(answer["Body"])

    return read


def test_the_pointer_describes_the_set(publish, cleaned, pointer, lines):
    job, exits = publish(cleaned)
    assert exits == [0], job.output
    assert pointer() == {
        "clean": "s3://lake/kept/insurance/e1/etl/clean",
        "parts": ["part-algo-1.parquet"],
        "rows": len(lines),
        "refused": 0,
        "dataset_date": "2000-01-01",
        "labels": True,
        "execution_id": "e1",
    }
    (path,) = job.parts("set")
    assert json.loads(path.read_text()) == {**pointer(), "is_latest": True}


def test_the_parts_of_all_hosts_are_one_set(etl, publish, pointer, lines):
    files = {f"ticdata-{part}.txt": lines[part::3] for part in range(3)}
    cleaning, _ = etl(files, hosts=3)
    assert publish(cleaning)[1] == [0]
    assert pointer()["rows"] == len(lines)
    assert pointer()["parts"] == [f"part-algo-{number}.parquet" for number in (1, 2, 3)]


def test_the_same_or_a_later_date_takes_the_place(publish, cleaned, pointer):
    for execution, date in [("e1", "2000-01-01"), ("e2", "2000-01-01"), ("e3", "2001-01-01")]:
        assert publish(cleaned, execution=execution, date=date)[1] == [0]
        assert pointer()["execution_id"] == execution


def test_an_earlier_date_leaves_the_latest_where_it_is(publish, cleaned, pointer):
    publish(cleaned, execution="new", date="2001-01-01")
    job, exits = publish(cleaned, execution="old", date="2000-01-01")
    assert exits == [0]
    assert pointer()["execution_id"] == "new"
    (path,) = job.parts("set")
    described = json.loads(path.read_text())
    assert (described["execution_id"], described["is_latest"]) == ("old", False)


def test_two_runs_at_once_both_succeed(publish, cleaned, pointer):
    dates = {"e1": "2000-01-01", "e2": "2000-02-01"}
    with ThreadPoolExecutor(2) as pool:
        runs = list(
            pool.map(lambda name: publish(cleaned, execution=name, date=dates[name]), dates)
        )
    assert [exits for _, exits in runs] == [[0], [0]]
    assert pointer()["execution_id"] == "e2"


@pytest.mark.parametrize(("most_refused", "exits"), [("0.0", [1]), ("0.05", [1]), ("0.1", [0])])
def test_the_share_of_refused_rows_is_that_of_all_hosts(
    etl, publish, s3, pointer, lines, most_refused, exits
):
    broken = [line + "\t0" for line in lines[:3]]
    cleaning, _ = etl({"ticdata-1.txt": lines[3:30], "ticdata-2.txt": broken}, hosts=2)
    job, found = publish(cleaning, most_refused=most_refused)
    assert found == exits
    if exits == [0]:
        assert (pointer()["rows"], pointer()["refused"]) == (27, 3)
        return
    assert job.message() == (
        "3 of 30 rows were rejected, a share of 0.1000; allowed is "
        f"{most_refused} (parameter MaxRefusedShare). First: "
        + "; ".join(
            f"ticdata-2.txt, line {line}, columns: '87', allowed is 86 columns with tabs between "
            "them"
            for line in (1, 2, 3)
        )
    )
    with pytest.raises(ClientError, match="NoSuchKey"):
        pointer()


def test_a_failed_run_leaves_the_pointer_to_the_last_good_set(etl, publish, cleaned, pointer):
    publish(cleaned, execution="good")
    cleaning, _ = etl({"ticdata2000.txt": ["a,b,c"]})
    job, exits = publish(cleaning, execution="bad", most_refused="1.0")
    assert exits == [1]
    assert "1 of 1 rows were rejected" in job.message()
    assert pointer()["execution_id"] == "good"


def test_no_rows_at_all_are_no_set(etl, publish):
    cleaning, exits = etl({"dictionary.txt": ["DATA DICTIONARY"]}, hosts=2)
    assert exits == [0, 0]
    job, exits = publish(cleaning)
    assert exits == [1]
    assert job.message() == (
        "no rows to publish: no ticdata*.txt with lines in the raw folder, which holds "
        "dictionary.txt"
    )
