"""The frame of all pages: head, links to the other pages, and the time of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from html_pages.formats import moment
from html_pages.html import Html, element
from operations.environment_clients import EnvironmentClients

STYLE_PATH = "/style.css"
_LINKS = (
    ("/", "Overview"),
    ("/endpoints", "Endpoints"),
    ("/drift", "Drift"),
    ("/compare", "Compare"),
    ("/schedules", "Schedules"),
    ("/alarms", "Alarms"),
)


@dataclass(frozen=True)
class View:
    """The content of a page. `parts` are elements; None is skipped."""

    title: str
    parts: Sequence[Any]


def document(aws: EnvironmentClients, view: View, path: str) -> str:
    """Return the HTML document of a page; `path` is its own."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{view.title} – Redline {aws.name}"),
        element("link", rel="stylesheet", href=STYLE_PATH),
    )
    where = "laptop cloud" if aws.is_laptop else f"AWS, {aws.region}"
    footer = element("footer", f"{aws.name} ({where}), read {moment(datetime.now(UTC))}")
    body = element(
        "body",
        element("a", "Skip to the content", href="#content", class_="skip"),
        _navigation(aws, path),
        element("main", *view.parts, id="content", tabindex=-1),
        footer,
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def title(kicker: str, name: str, *more: Any) -> Html:
    """Return the header of a page."""
    return element("header", element("p", kicker, class_="kicker"), element("h1", name), *more)


def note(text: Any) -> Html:
    """Return a paragraph below a title or instead of a table."""
    return element("p", text, class_="note")


def link(text: Any, *path: str, **query: str | None) -> Html:
    """Return a link to a page of the board; None is not in the query."""
    given = {name: value for name, value in query.items() if value is not None}
    address = "/" + "/".join(quote(part, safe="") for part in path)
    return element("a", text, href=f"{address}?{urlencode(given)}" if given else address)


def _navigation(aws: EnvironmentClients, path: str) -> Html:
    items = [
        element(
            "li",
            element("a", name, href=address, aria_current="page" if address == path else None),
        )
        for address, name in _LINKS
    ]
    brand = element("strong", "Redline ", element("span", aws.name, class_="environment"))
    return element("nav", brand, element("ul", *items), aria_label="Pages", class_="board")
