"""The lineage as one HTML file: a graph as inline SVG, and a table of the associations."""

from __future__ import annotations

from collections import Counter

from html_pages.document import document
from html_pages.drawings.graph import Box, graph
from html_pages.html import Html, element, scrollable, section, table
from operations.lineage.entities import Entity, Lineage


def lineage_page(lineage: Lineage, title: str) -> str:
    """Return the HTML document, without external resources and scripts."""
    header = element("header", element("p", "Lineage", class_="kicker"), element("h1", title))
    return document(title, header, lineage_sections(lineage))


def lineage_sections(lineage: Lineage) -> list[Html]:
    """Return the sections with the graph and the table."""
    names = _names(lineage)
    boxes = [
        Box(
            name=names[entity.arn],
            after=tuple(names[each.arn] for each in lineage.sources[entity.arn]),
            second_line=entity.kind,
            note=f"{entity.kind}: {entity.uri or entity.name}",
        )
        for entity in lineage.entities.values()
    ]
    drawn = graph(boxes, f"{len(boxes)} entities; the table of associations has the same facts")
    cells = {arn: _cell(entity) for arn, entity in lineage.entities.items()}
    rows = [
        (cells[each.source], each.type, cells[each.destination]) for each in lineage.associations
    ]
    shown = table("Associations", ("From", "Association", "To"), rows)
    content = (
        section("graph", "Graph", scrollable(drawn, label="Graph of the lineage")),
        section("table", "Table", shown),
    )
    return [part for part in content if part is not None]


def _names(lineage: Lineage) -> dict[str, str]:
    """Return a name for each ARN that no other entity has."""
    count: Counter[str] = Counter()
    names = {}
    for arn, entity in lineage.entities.items():
        count[entity.label] += 1
        number = count[entity.label]
        names[arn] = entity.label if number == 1 else f"{entity.label} ({number})"
    return names


def _cell(entity: Entity) -> Html:
    return element("span", f"{entity.kind} {entity.name}", title=entity.uri)
