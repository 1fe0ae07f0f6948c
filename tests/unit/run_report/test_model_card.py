"""The section of the model card in the report."""

from __future__ import annotations

from dataclasses import replace

from run_report.page import page
from tests.unit.run_report.sample_facts import Page, facts

HOSTILE = "<script>alert(1)</script>"
CARD = {
    "intended_uses": {"purpose_of_model": f"Predicts demand {HOSTILE}", "risk_rating": "Low"},
    "additional_information": {"caveats_and_recommendations": "One city only."},
    "training_details": "text instead of an object",
}


def test_the_texts_of_the_card_are_shown_and_escaped():
    known = facts()
    package = replace(known.package, card=CARD, card_status="PendingReview")
    shown = Page(page(replace(known, package=package)))
    assert HOSTILE not in shown.html
    for text in ("Model card", "PendingReview", "Predicts demand", "Low", "One city only."):
        assert text in shown.html


def test_a_version_without_a_card_has_no_section():
    assert "Model card" not in page(facts())
