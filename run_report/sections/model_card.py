"""The model card of the registered version: the texts of a person about the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from html_pages.html import Html, element, section
from run_report.facts import Facts

# Part of the card -> its members with texts, and their titles. Metrics, digests and the model are
# shown by other sections.
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "intended_uses": {
        "purpose_of_model": "Purpose",
        "intended_uses": "Intended uses",
        "factors_affecting_model_efficiency": "Factors",
        "risk_rating": "Risk rating",
        "explanations_for_risk_rating": "Reason of the rating",
    },
    "training_details": {"training_observations": "Training"},
    "additional_information": {
        "ethical_considerations": "Ethics",
        "caveats_and_recommendations": "Caveats",
    },
}


def model_card(facts: Facts) -> Html | None:
    """Return the section; None for a run that registered no version with a card."""
    if facts.package is None or facts.package.card is None:
        return None
    pairs = [("Status", facts.package.card_status), *_texts(facts.package.card)]
    items = [element("div", element("dt", name), element("dd", text)) for name, text in pairs]
    return section("model-card", "Model card", element("dl", *items))


def _texts(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part, titles in _SHOWN.items():
        found = card.get(part)
        for member, title in titles.items():
            if isinstance(found, Mapping) and found.get(member):
                yield title, str(found[member])
