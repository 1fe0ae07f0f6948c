"""Why an execution failed: the reasons and the last log lines of the failed steps."""

from __future__ import annotations

from html_pages.html import Html, element, joined, section
from run_report.facts import Facts, Step


def failure(facts: Facts) -> Html | None:
    """Return the section, if the execution or a step has failed."""
    failed = [step for step in facts.steps if step.status == "Failed"]
    general = facts.failure_reason
    if failed or general is None:
        parts = [_of_step(step) for step in failed]
    else:
        parts = [element("p", general, class_="reason")]
    return section("failure", "Why it failed" if failed else "Why it ended", *parts)


def _of_step(step: Step) -> Html:
    lines = element(
        "pre",
        "\n".join(step.log),
        tabindex=0,
        role="region",
        aria_label=f"Last log lines of {step.name}",
    )
    return joined(
        [
            element("h3", step.name),
            element("p", step.reason or "SageMaker gave no reason.", class_="reason"),
            element("p", "Last log lines:") if step.log else None,
            lines if step.log else None,
        ]
    )
