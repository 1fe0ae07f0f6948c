"""Corrupted sales do not get to the training, clean sales do."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest

from pipeline_code.tickit.contract import CONTRACT
from tests.registry import BUCKET
from tests.unit.corruptions import CORRUPTIONS, Columns
from tests.unit.data_contracts import failed_rules, profiled, rejections
from tests.unit.job import Job

COLUMNS = Columns(
    target="total_sold",
    period="caldate",
    number="venueid",
    swapped=("venueid", "catid"),
    sentinel=("caldate", date(9999, 12, 31)),
    category="catid",
    value=9,
    renamed=90,
    merged=7,
    unknown=("events", None),
    constant=30,
    lost=lambda sold: (sold / 10).clip(lower=1).round().astype(int),
)


@pytest.fixture(scope="session")
def approved(sales):
    """The profile of the data of the approved version."""
    return profiled(sales(0), CONTRACT)


@pytest.fixture(scope="session")
def rows(sales):
    """The rows of a later run."""
    return sales(1)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_corrupted_rows_are_rejected(corruption, rows, approved):
    assert rejections(corruption(rows, COLUMNS), CONTRACT, approved)


def test_nine_of_ten_sales_are_missed_by_name_even_in_the_first_run(sales, approved):
    lost = profiled(sales(0, share=0.1), CONTRACT)
    assert "target_mean" in failed_rules(lost, CONTRACT)
    assert {"target_mean", "target_shift"} <= failed_rules(lost, CONTRACT, approved)


@pytest.mark.parametrize("seed", range(1, 11))
def test_clean_rows_are_allowed(seed, sales, approved):
    current = profiled(sales(seed), CONTRACT)
    assert failed_rules(current, CONTRACT) == failed_rules(current, CONTRACT, approved) == set()


@pytest.fixture
def check(preprocess, archive, registry, tmp_path):
    """Return a function that runs both steps over rows and returns contract.json."""

    def run(rows):
        text = rows.to_csv(header=False, index=False)
        preprocessing, codes = preprocess(lines=text.splitlines(), hosts=2)
        assert codes == [0, 0]
        variables = {**registry.environment, "ACCEPTED_DATA_URI": f"s3://{BUCKET}/accepted"}
        job = Job(archive, tmp_path / str(len(list(tmp_path.iterdir()))), "contract")
        job.environment = variables
        job.configure()
        for part in preprocessing.parts("profile"):
            shutil.copy(part, job.input("profile"))
        assert job.run() == [0], job.output
        return json.loads((job.opt_ml() / "processing/output/contract/contract.json").read_text())

    return run


def test_the_steps_reject_lost_sales_until_a_person_accepts_exactly_these(check, sales, registry):
    lost = sales(0, share=0.1)
    report = check(lost)
    assert (report["verdict"], report["rejected_rules"]) == ("rejected", 1)
    assert report["message"].startswith("target_mean of total_sold: 4.66")
    assert "only absolute limits" in report["compared_with"]

    registry.s3.put_object(
        Bucket=BUCKET, Key=f"accepted/{report['digest']}.json", Body=b'{"reason": "a holiday"}'
    )
    accepted = check(lost)
    assert (accepted["verdict"], accepted["rejected_rules"]) == ("accepted", 0)
    assert accepted["accepted"] == {"reason": "a holiday"}
    assert accepted["digest"] == report["digest"]
    # One row less is other data.
    assert check(lost[1:])["verdict"] == "rejected"
