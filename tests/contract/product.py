"""A trained model of a pipeline in the container of its definition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.container import Image, Served, asked, serve
from tests.unit.asked import CSV, Malformed


@dataclass(frozen=True)
class Question:
    """A request for which the model returns 200, and the expected body."""

    body: str
    content_type: str
    accept: str
    expected: str


def variables_of(golden: Path) -> dict[str, str]:
    """Return the variables of the containers in the CreateModel and RegisterModel steps.

    Raises AssertionError unless all of them are the same.
    """
    found = [
        container.get("Environment") for container in _containers(json.loads(golden.read_text()))
    ]
    assert found and all(each == found[0] for each in found), found
    # At synthesis, a placeholder becomes a text of the environment.
    return {
        name: value if isinstance(value, str) else f"test-{value['Get']}"
        for name, value in (found[0] or {}).items()
    }


def check_hosted(
    image: Image,
    trained: Path,
    golden: Path,
    *,
    answered: Iterable[Question],
    refused: Iterable[Malformed],
    folder: Path,
) -> Served:
    """Assert that the container starts without a network, and rejects with 4xx and the reason."""
    questions, malformed = list(answered), list(refused)
    requests = [asked(each.body, each.content_type, each.accept) for each in questions]
    requests += [asked(each.body, each.content_type, each.accept) for each in malformed]
    served = serve(image, trained, variables_of(golden), requests, folder=folder)
    assert (served.code, served.pings[-1:]) == (None, [200]), served.log
    for question, answer in zip(questions, served.answers, strict=False):
        seen = (answer.status, answer.headers["content-type"].partition(";")[0], answer.body)
        kind = question.accept.partition(";")[0]
        assert seen == (200, kind, question.expected.encode()), served.log
    for wrong, answer in zip(malformed, served.answers[len(questions) :], strict=True):
        assert answer.status == wrong.status, (wrong, answer, served.log)
        assert wrong.reason in answer.body.decode(), (wrong, answer)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Traceback" not in served.log
    return served


def malformed_for_servers(malformed: Iterable[Malformed]) -> list[Malformed]:
    """Return the requests that reach a container: all that are not too large for the service."""
    return [each for each in malformed if each.status != 413]


def csv_question(rows: str, expected: Iterable[float], content_type: str = CSV) -> Question:
    """Create a request with rows; the response has one number per line."""
    return Question(rows, content_type, CSV, "".join(f"{number}\n" for number in expected))


def _containers(document: Any) -> Iterable[Mapping[str, Any]]:
    """Yield every object of the document with an Image and a ModelDataUrl."""
    if isinstance(document, list):
        for each in document:
            yield from _containers(each)
    if isinstance(document, dict):
        if {"Image", "ModelDataUrl"} <= set(document):
            yield document
        for each in document.values():
            yield from _containers(each)
