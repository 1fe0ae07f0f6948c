"""The environment `local` with the feature groups of TICKIT, and a model trained on them.

Spark prepares and writes one of the groups.
"""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import OnlineFeatures, Pipeline, Schedule, Serving
from stacks.environments import ENVIRONMENTS

DAILY = Schedule(expression="rate(1 day)")
PIPELINES = (
    Pipeline(
        name="tickit",
        schedule=DAILY,
        options={"extraction": "feature_store"},
        serving=Serving(
            bake_seconds=2,
            features=OnlineFeatures(
                group="venues",
                identifier="venueid",
                columns={
                    "venue_seats": "seats",
                    "venue_events": "events",
                    "venue_tickets": "tickets",
                },
            ),
        ),
    ),
    Pipeline(
        name="tickit-features",
        schedule=DAILY,
        options={"engine": "spark"},
        # The test starts the crawlers itself.
        feature_crawl="cron(0 5 1 1 ? 2099)",
    ),
)

build_app(replace(ENVIRONMENTS["local"], pipelines=PIPELINES), new_app()).synth()
