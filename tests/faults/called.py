"""Invokes functions as a Lambda step does, and finds the statements that they start."""

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
    """A deployed function and its event, invoked as a Lambda step does."""

    laptop: Laptop
    name: str
    event: dict[str, Any]

    def __call__(self) -> Any:
        """Return the response; for an error, a text with its type and message."""
        # The client waits until the time limit of the function, and does not retry.
        config = Config(read_timeout=120, retries={"total_max_attempts": 1})
        client = self.laptop.cloud().client("lambda", config=config)
        answer = client.invoke(FunctionName=self.name, Payload=json.dumps(self.event).encode())
        found = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            return f"{found['errorType']}: {found['errorMessage']}"
        return found

    @contextmanager
    def within(self, seconds: int) -> Iterator[Function]:
        """Set the time limit of the function for a while."""
        client = self.laptop.client("lambda")
        before = client.get_function_configuration(FunctionName=self.name)["Timeout"]
        client.update_function_configuration(FunctionName=self.name, Timeout=seconds)
        try:
            yield self
        finally:
            client.update_function_configuration(FunctionName=self.name, Timeout=before)


@dataclass(eq=False)
class Call(threading.Thread):
    """A function that runs in a thread while the test continues."""

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
    """Return the ids of the running statements."""
    found = laptop.client("redshift-data").list_statements(Status="STARTED")["Statements"]
    return [statement["Id"] for statement in found]


def started_for(laptop: Laptop, place: str) -> int:
    """Return how many statements with this location in the lake were started."""
    pages = laptop.client("redshift-data").get_paginator("list_statements")
    texts = [
        " ".join(statement.get("QueryStrings", []))
        for page in pages.paginate(Status="ALL")
        for statement in page["Statements"]
    ]
    return sum(place in text for text in texts)
