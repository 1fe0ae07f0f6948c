"""The e-mail about an execution that failed, was rejected or was stopped."""

from __future__ import annotations

from execution_reader.gates import Comparison, Gate
from run_report.mail import Mail, mail
from tests.unit.run_report.sample_facts import facts, step

KEY = "reports/demand/abc def/report.html"
GATE = Gate(
    step="CheckError",
    outcome=False,
    comparisons=(
        Comparison(
            left="rmse_ratio.value",
            left_value=0.52,
            operator="LessThanOrEqualTo",
            right="MaxErrorRatio",
            right_value=0.45,
            margin=-0.07,
            message="worse than version 3",
        ),
    ),
)


def sent(**changed) -> Mail:
    given = {"status": "Failed", "gates": (), "package": None, **changed}
    return mail(facts(**given), region="eu-west-1", bucket="lake", report=KEY)


def test_a_failed_step_has_its_reason_and_last_log_lines():
    log = tuple(f"line {number}" for number in range(40))
    found = sent(steps=(step("Train", "Failed", reason="no rows", log=log),))
    assert found.subject == "redline-local-demand failed in Train"
    assert "Step Train: no rows" in found.text
    assert "  line 39" in found.text
    assert "line 19" not in found.text
    assert "{" not in found.text


def test_a_rejected_run_says_why_the_gate_refused():
    found = sent(steps=(step("Reject", "Failed", reason="0.52 is above 0.45"),), gates=(GATE,))
    assert found.subject == "redline-local-demand was rejected by the gate CheckError"
    expected = "rmse_ratio.value is 0.52, must be ≤ 0.45, margin −0.07"
    assert expected in found.text
    assert "worse than version 3" in found.text


def test_a_stopped_run_has_no_reason():
    found = sent(status="Stopped", steps=())
    assert found.subject == "redline-local-demand has ended: Stopped"
    assert "Step " not in found.text


def test_the_link_and_the_commands_lead_to_the_run():
    text = sent(steps=()).text
    console = "https://eu-west-1.console.aws.amazon.com/s3/object/lake?region=eu-west-1"
    assert f"{console}&prefix=reports/demand/abc%20def/report.html" in text
    execution = facts().execution_id
    assert f"redline --env local describe {execution}" in text
    assert facts().execution_arn in text


def test_what_sns_rejects_is_replaced():
    hostile = "no\x00\x1b[31m rows\nSubject: other\ud800"
    found = sent(pipeline="é" * 200 + "\n", steps=(step("Träin", "Failed", reason=hostile),))
    assert len(found.subject) == 100
    assert found.subject.isascii()
    assert found.subject.isprintable()
    assert "no??[31m rows?Subject: other?" in found.text
    found.text.encode()


def test_a_long_log_does_not_exceed_the_limit_of_a_message():
    found = sent(steps=(step("Train", "Failed", reason="r", log=("x" * 300_000,)),))
    assert len(found.text.encode()) <= 256 * 1024
