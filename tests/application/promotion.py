"""Two fixed environments: one provides the models of `demand`, the other one receives them."""

from __future__ import annotations

from dataclasses import replace

from stacks.config import Promotion
from tests.application.environments import BASIC, DEMAND, OFF

PROMOTER = "arn:aws:iam::111111111111:role/ModelPromoter"
PROVIDING = replace(
    BASIC,
    name="providing",
    pipelines=(replace(DEMAND, serving=None, promotion=Promotion(promoter=PROMOTER)),),
)
RECEIVING = replace(
    BASIC,
    name="receiving",
    pipelines=(
        replace(
            DEMAND,
            serving=None,
            schedule=OFF,
            promotion=Promotion(promoter=PROMOTER, receives_from="providing"),
        ),
    ),
)
