"""The endpoints: version in service, and requests, errors and latency of the last hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from html_pages.formats import NOTHING, number
from html_pages.html import Html, element, facts_list, joined, section, table
from operations.board.drawings import Point, figure, line
from operations.board.endpoint_metrics import HOURS, Series, Values, endpoint_series
from operations.board.layout import View, note, title
from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import EndpointStatus, endpoint_names, endpoint_status
from operations.output import counted, utc

_COLUMNS = ("Time", "Requests", "4XX", "5XX", "Mean latency, ms", "Highest latency, ms")


def endpoints(aws: EnvironmentClients) -> View:
    """Return the page."""
    client, now = aws.clients("sagemaker"), datetime.now(UTC)
    found = [endpoint_status(client, name) for name in endpoint_names(aws)]
    shown = [section(each.endpoint, aws.short(each.endpoint), *_parts(aws, each, now))
             for each in found]  # fmt: skip
    none = note("There is no endpoint, and no deployed stack that will have one.")
    return View("Endpoints", (title("Environment", "Endpoints"), *(shown or [none])))


def _parts(aws: EnvironmentClients, each: EndpointStatus, now: datetime) -> Iterator[Html]:
    if each.status is None:
        yield note("Nothing is approved yet, so the endpoint does not exist.")
        return
    yield facts_list(
        [
            ("Status", each.status),
            ("Version in service", str(each.version) if each.version is not None else "none"),
            ("Instances", counted(each.instances, "instance")),
        ]
    )
    for package, reason in (each.failures or {}).items():
        version = package.rpartition("/")[2]
        yield element("p", f"Version {version} could not be deployed: {reason}", class_="reason")
    for variant in each.variants:
        yield _traffic(endpoint_series(aws, each.endpoint, variant, now), now)


def _traffic(series: Series, now: datetime) -> Html:
    if not series.requests:
        return note(f"No request in the last {HOURS} hours.")
    errors = _sums(series.client_errors, series.server_errors)
    plots = [
        _plot("Requests", "per quarter of an hour", series.requests, now),
        _plot("Errors", "4XX and 5XX per quarter of an hour", errors, now),
        _plot("Latency", "mean of the model, in milliseconds", series.mean_milliseconds, now),
    ]
    caption = f"Quarters of an hour with requests in the last {HOURS} hours, the newest first"
    return joined(
        [
            element("div", *plots, class_="plots"),
            table(caption, _COLUMNS, list(_rows(series)), numbers=5),
        ]
    )


def _sums(a: Values, b: Values) -> Values:
    other = dict(b)
    return [(time, value + other.get(time, 0.0)) for time, value in a]


def _plot(name: str, explanation: str, values: Values, now: datetime) -> Html | None:
    if not values:
        return None
    first = now - timedelta(hours=HOURS)
    points = [
        Point((time - first).total_seconds(), value, f"{utc(time)}: {number(value)}")
        for time, value in values
    ]
    drawn = line(
        points,
        label=f"{name}, {explanation}; the table has the same values",
        x_name=f"the last {HOURS} hours",
        y_name=name.lower(),
        x=(0.0, HOURS * 3600.0),
        from_zero=True,
    )
    return figure(name, explanation, drawn)


def _rows(series: Series) -> Iterator[tuple[str, ...]]:
    others = [
        dict(values)
        for values in (
            series.client_errors,
            series.server_errors,
            series.mean_milliseconds,
            series.most_milliseconds,
        )
    ]
    for time, requests in reversed(series.requests):
        shown = (number(round(values[time], 1)) if time in values else NOTHING for values in others)
        yield (utc(time), number(int(requests)), *shown)
