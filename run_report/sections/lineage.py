"""The origin of the model: query, rows, code, model and package, with digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from html_pages.formats import number
from html_pages.html import Html, element, section
from run_report.facts import Facts

Link = tuple[str, list[tuple[str, Any]]]


def lineage(facts: Facts) -> Html | None:
    """Return the section: a list from the query to the package, as far as the run came."""
    links = [(name, found) for name, shown in _links(facts) if (found := _present(shown))]
    if not links:
        return None
    items = [
        element("li", element("h3", name), element("dl", *map(_pair, shown)))
        for name, shown in links
    ]
    short = facts.pipeline.removeprefix(f"redline-{facts.environment}-")
    command = f"redline --env {facts.environment} lineage {short} {facts.execution_id} --html FILE"
    drawn = element("p", "As a graph, up to the endpoint: ", element("code", command))
    return section("lineage", "Lineage", element("ol", *items, class_="lineage"), drawn)


def _links(facts: Facts) -> Iterator[Link]:
    known = facts.properties
    evaluation = _mapping(facts.document("evaluation", "evaluation.json"))
    contract = _mapping(facts.document("contract", "contract.json"))
    profile = _mapping(facts.document("contract", "profile.json"))
    package = facts.package
    yield "Query", [("SHA-256", known.get("query_sha256"))]
    yield (
        "Rows",
        [
            ("Count", number(profile["rows"]) if "rows" in profile else None),
            ("SHA-256 of their profile", contract.get("profile")),
        ],
    )
    yield "Code", [("Archive", known.get("code_key"))]
    yield (
        "Model",
        [
            ("SHA-256", _mapping(evaluation.get("model")).get("sha256")),
            ("Archive", package and package.model_uri),
        ],
    )
    if package:
        yield (
            "Package",
            [
                ("ARN", package.arn),
                ("Approval at the time of this report", package.approval_status),
            ],
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _present(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in pairs if value is not None]


def _pair(pair: tuple[str, Any]) -> Html:
    name, value = pair
    return element("div", element("dt", name), element("dd", element("code", value)))
