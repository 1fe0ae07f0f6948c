"""Functions called as a step calls them, and the statements that they start."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config

from tests.integration.laptop import Laptop


@dataclass(frozen=True)
class Function:
    """A deployed function, called as a Lambda step calls it, and the event that it gets."""

    laptop: Laptop
    name: str
    event: dict[str, Any]

    def __call__(self) -> Any:
        """The answer; an error is a text that holds its kind and its words."""
        # Whoever calls waits as long as the function may take, and does not call twice.
        config = Config(read_timeout=120, retries={"total_max_attempts": 1})
        client = self.laptop.cloud().client("lambda", config=config)
        answer = client.invoke(FunctionName=self.name, Payload=json.dumps(self.event).encode())
        found = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            return f"{found['errorType']}: {found['errorMessage']}"
        return found

    @contextmanager
    def within(self, seconds: int) -> Iterator[Function]:
        """Let it run for so many seconds and no longer."""
        client = self.laptop.client("lambda")
        before = client.get_function_configuration(FunctionName=self.name)["Timeout"]
        client.update_function_configuration(FunctionName=self.name, Timeout=seconds)
        try:
            yield self
        finally:
            client.update_function_configuration(FunctionName=self.name, Timeout=before)


@dataclass(eq=False)
class Call(threading.Thread):
    """A function that is called beside the test."""

    function: Function
    answer: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.start()

    def run(self) -> None:
        self.answer.append(self.function())

    def ended(self) -> Any:
        self.join(120)
        return self.answer[0]


def running(laptop: Laptop) -> list[str]:
    """The ids of the statements that run now."""
    found = laptop.client("redshift-data").list_statements(Status="STARTED")["Statements"]
    return [statement["Id"] for statement in found]


def started_for(laptop: Laptop, place: str) -> int:
    """How many statements were ever started that name a place in the lake."""
    pages = laptop.client("redshift-data").get_paginator("list_statements")
    texts = [
        " ".join(statement.get("QueryStrings", []))
        for page in pages.paginate(Status="ALL")
        for statement in page["Statements"]
    ]
    return sum(place in text for text in texts)
