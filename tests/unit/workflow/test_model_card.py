"""The model cards of the shipped pipelines are JSON of SageMaker's schema once a run is known."""

from __future__ import annotations

import json

import pytest

from local_cloud.definition_rules.document import steps_of
from local_cloud.sagemaker.registry.model_cards import check_card
from tests.definitions import IDS, SHIPPED, definition


def cards(body):
    """Yield the cards of the RegisterModel steps, with a text or a number for each variable."""
    for step in steps_of(body):
        if step.type == "RegisterModel":
            card = step.arguments["ModelCard"]
            yield {**card, "ModelCardContent": filled(card["ModelCardContent"])}


def filled(value):
    if isinstance(value, str):
        return value
    if "Std:Join" in value:
        return value["Std:Join"]["On"].join(map(filled, value["Std:Join"]["Values"]))
    if "Std:JsonGet" in value:
        return "0.5"
    return "text"


@pytest.mark.parametrize("request_", SHIPPED, ids=IDS)
def test_every_registered_version_has_a_card_that_sagemaker_accepts(request_):
    found = definition(request_.name, **request_.options)
    for card in cards(found.body):
        assert card["ModelCardStatus"] == "PendingReview"
        check_card(card)
        content = json.loads(card["ModelCardContent"])
        assert content["intended_uses"]["purpose_of_model"].startswith("Predicts ")
        (evaluation,) = content["evaluation_details"]
        (group,) = evaluation["metric_groups"]
        assert [metric["value"] for metric in group["metric_data"]]
        details = content["additional_information"]["custom_details"]
        assert {"execution_id", "code_key", "model_sha256", "data_sha256"} <= set(details)
