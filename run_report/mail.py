"""The e-mail about an execution that failed, was rejected or was stopped: plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from execution_reader.gates import Comparison
from html_pages.formats import duration, moment, number, signed
from run_report.facts import Facts, Step

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject has up to 100 characters of
# ASCII without control characters, a message up to 256 KB, and a letter up to 4 bytes.
_LONGEST_SUBJECT, _LONGEST_TEXT = 100, 60_000
_LOG_LINES = 20


@dataclass(frozen=True)
class Mail:
    """The subject and the text."""

    subject: str
    text: str


def mail(facts: Facts, *, region: str, bucket: str, report: str) -> Mail:
    """Return the mail; `report` is the key of the run report in the bucket."""
    how = _how(facts)
    lines = [
        f"The run {facts.execution_id} of {facts.pipeline} {how}.",
        "",
        f"Started: {moment(facts.started)}, {duration(facts.seconds)}",
        *([f"Started by: {facts.started_by}"] if facts.started_by else []),
        *_reasons(facts),
        "",
        "Report (sign in to the account first):",
        f"https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix="
        f"{quote(report)}",
        "",
        "Commands:",
        f"redline --env {facts.environment} describe {facts.execution_id}",
        f"redline --env {facts.environment} report {facts.execution_id}",
        "",
        facts.execution_arn,
    ]
    return Mail(
        subject=_printable(f"{facts.pipeline} {how}", ascii_only=True)[:_LONGEST_SUBJECT],
        text="\n".join(_printable(line) for line in lines)[:_LONGEST_TEXT],
    )


def _how(facts: Facts) -> str:
    """Return how the run has ended, with the gate or the steps."""
    rejected = [gate.step for gate in facts.gates if not gate.outcome]
    failed = [step.name for step in facts.steps if step.status == "Failed"]
    if facts.status != "Failed":
        return f"has ended: {facts.status}"
    if rejected:
        return f"was rejected by the gate {rejected[-1]}"
    return f"failed in {', '.join(failed)}" if failed else "failed"


def _reasons(facts: Facts) -> Iterator[str]:
    """Yield why the last gate refused, and the reason and last log lines of each failed step."""
    rejected = [gate for gate in facts.gates if not gate.outcome]
    if facts.status == "Failed" and rejected:
        yield ""
        yield f"The gate {rejected[-1].step} refused:"
        for comparison in rejected[-1].comparisons:
            yield from _comparison(comparison)
    failed = [step for step in facts.steps if step.status == "Failed"]
    for step in failed:
        yield from _step(step)
    if facts.failure_reason and not failed:
        yield ""
        yield f"Reason: {facts.failure_reason}"


def _comparison(comparison: Comparison) -> Iterator[str]:
    margin = "" if comparison.margin is None else f", margin {signed(comparison.margin)}"
    measured, limit = number(comparison.left_value), number(comparison.right_value)
    yield f"  {comparison.left} is {measured}, must be {comparison.sign} {limit}{margin}"
    if comparison.message:
        yield f"  {comparison.message}"


def _step(step: Step) -> Iterator[str]:
    yield ""
    yield f"Step {step.name}: {step.reason or 'SageMaker gave no reason.'}"
    if step.log:
        yield "Last log lines:"
        yield from (f"  {line}" for line in step.log[-_LOG_LINES:])


def _printable(text: str, *, ascii_only: bool = False) -> str:
    """Replace control characters, lone surrogates and, for the subject, letters beyond ASCII."""
    return "".join(
        sign if sign.isprintable() and (sign.isascii() or not ascii_only) else "?" for sign in text
    )
