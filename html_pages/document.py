"""A whole page: one HTML document without external resources and scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from html_pages.html import Html, element

# Nothing is loaded and no script runs, even if a text were not escaped.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_HEADING = re.compile(r'<h2 id="([a-z]+)">(.*?)</h2>')


def document(title: str, header: Any, sections: Sequence[Html]) -> str:
    """Return the document: a header, links to the sections, and the sections."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(style())),
    )
    body = element("body", header, contents(sections), element("main", *sections))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def style() -> str:
    """Return the style sheet, which the board has, too."""
    # The package may be in a zip.
    return files("html_pages").joinpath("style.css").read_text(encoding="utf-8")


def contents(sections: Sequence[Html]) -> Html | None:
    """Return links to the sections."""
    headings = [match for shown in sections if (match := _HEADING.search(shown))]
    links = [element("li", element("a", Html(match[2]), href=f"#{match[1]}")) for match in headings]
    return element("nav", element("ul", *links), aria_label="Sections") if links else None
