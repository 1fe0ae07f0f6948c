"""A pipeline: its graph, its runs with their measured values, and its versions."""

from __future__ import annotations

from execution_reader.definition import Definition
from html_pages.drawings.graph import Box, graph
from html_pages.formats import NOTHING
from html_pages.html import Html, element, facts_list, scrollable, section, table
from operations.board.layout import View, note, title
from operations.board.run_history import metrics_section, runs_section
from operations.board.runs import RunReader
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_pipeline
from operations.models.endpoints import endpoint_names, endpoint_status
from operations.models.packages import group_names
from operations.models.versions import Version, versions_of
from operations.output import utc
from operations.schedules import schedule_text, start_rules

_MOST_VERSIONS = 20
_VERSION_COLUMNS = ("Version", "Created", "Decision", "In service", "Reason")


def pipeline(aws: EnvironmentClients, reader: RunReader, name: str, after: str | None) -> View:
    """Return the page with the newest runs, or with those after a token."""
    full = find_pipeline(aws, name)
    definition, short = reader.definition(full), aws.short(full)
    page = reader.page(full, definition, after)
    serves = _version_in_service(aws, full)
    schedule = schedule_text([each for each in start_rules(aws) if each.pipeline == full])
    facts = facts_list(
        [
            ("Schedule", schedule or "none"),
            ("Version in service", str(serves) if serves is not None else None),
            ("Steps", str(len(definition.steps))),
        ]
    )
    return View(
        short,
        (
            title("Pipeline", short, facts),
            runs_section(page, short, after),
            metrics_section(page, serves),
            _versions(aws, full, serves),
            _graph(definition),
        ),
    )


def _version_in_service(aws: EnvironmentClients, pipeline: str) -> int | None:
    if pipeline not in endpoint_names(aws):
        return None
    return endpoint_status(aws.clients("sagemaker"), pipeline).version


def _versions(aws: EnvironmentClients, pipeline: str, serves: int | None) -> Html | None:
    """Return the section; None if the pipeline registers no models."""
    if pipeline not in group_names(aws):
        return None
    found = versions_of(aws, pipeline, limit=_MOST_VERSIONS)
    rows = [_cells(each, serves) for each in found]
    caption = f"The newest versions, at most {_MOST_VERSIONS}"
    shown = table(caption, _VERSION_COLUMNS, rows) if rows else note("No version is registered.")
    return section("versions", "Versions and approvals", shown)


def _cells(each: Version, serves: int | None) -> tuple[Html | str, ...]:
    return (
        str(each.version),
        element("span", utc(each.created), class_="nowrap"),
        each.status,
        "yes" if each.version == serves else NOTHING,
        element("span", each.refused or each.reason or NOTHING, class_="long"),
    )


def _graph(definition: Definition) -> Html | None:
    """Return the section with the steps of the definition and a table with the same facts."""
    if not definition.steps:
        return None
    after = {name: definition.directly_before(name) for name in definition.steps}
    boxes = [
        Box(name=name, after=after[name], second_line=step.type, note=f"{name}: {step.type}")
        for name, step in definition.steps.items()
    ]
    label = f"The {len(boxes)} steps and their order; the table of the steps has the same facts"
    drawn = scrollable(graph(boxes, label), label="Graph of the steps")
    rows = [(box.name, box.second_line, ", ".join(box.after) or NOTHING) for box in boxes]
    shown = table("Steps of the definition", ("Step", "Type", "Waits for"), rows)
    return section("steps", "Steps", element("div", drawn, shown, class_="steps"))
