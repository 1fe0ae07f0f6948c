"""Builds HTML and SVG. Every text is escaped, unless it was built by this module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

# Control characters, which HTML does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_VOID = {"col", "input", "link", "meta"}


class Html(str):
    """Text that is HTML."""


def text(value: Any) -> Html:
    """Return HTML as it is, and any other value as escaped text."""
    if isinstance(value, Html):
        return value
    # JSON can contain half of a surrogate pair, which has no UTF-8.
    encoded = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value)).encode("utf-8", "replace")
    return Html(escape(encoded.decode()))


def element(name: str, /, *children: Any, **attributes: Any) -> Html:
    """Return an element. `class_` is the attribute class, `aria_label` aria-label; None is absent.

    Children are escaped unless they are HTML.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{joined(children)}</{name}>")


def joined(parts: Iterable[Any]) -> Html:
    """Return the parts one after the other; None is skipped."""
    return Html("".join(text(part) for part in parts if part is not None))


def breakable(name: str) -> Html:
    """Return a long name that may continue in the next line after a dot or an underscore."""
    return Html(re.sub(r"([._])", r"\1<wbr>", text(name)))


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: int = 0
) -> Html:
    """Return a table whose first cell of each row is a header.

    The last `numbers` columns have numbers, which are aligned to the right.
    """
    first_number = len(columns) - numbers
    kinds = ["number" if place >= first_number else None for place in range(len(columns))]
    head = [
        element("th", name, scope="col", class_=kind)
        for name, kind in zip(columns, kinds, strict=True)
    ]
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *(
                element("td", cell, class_=kind)
                for cell, kind in zip(row[1:], kinds[1:], strict=True)
            ),
        )
        for row in rows
    ]
    content = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *head)),
        element("tbody", *body),
    )
    return scrollable(content, label=caption)


def scrollable(content: Html, *, label: str) -> Html:
    """Return content that scrolls, also with the keyboard, if it is wider than the page."""
    return element("div", content, class_="scroll", tabindex=0, role="region", aria_label=label)


def section(identifier: str, title: str, *parts: Any) -> Html | None:
    """Return a section with a heading; None if all parts are absent."""
    present = [part for part in parts if part is not None]
    if not present:
        return None
    heading = element("h2", title, id=identifier)
    return element("section", heading, *present, aria_labelledby=identifier)


def figure(drawn: Html, title: str, note: str) -> Html:
    """Return a drawing with its title and what it shows."""
    caption = element("figcaption", element("strong", title), " ", note)
    return element("figure", caption, drawn)


def facts_list(pairs: Iterable[tuple[str, Any]]) -> Html:
    """Return a description list; pairs whose value is None are skipped."""
    shown = [
        element("div", element("dt", name), element("dd", value))
        for name, value in pairs
        if value is not None
    ]
    return element("dl", *shown)
