"""Answers a request with a page, or with the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from botocore.exceptions import BotoCoreError, ClientError

from html_pages.document import style
from operations import NotFound, OperationError
from operations.board.layout import STYLE_PATH, View, document, note, title
from operations.board.pages.alarms import alarms
from operations.board.pages.comparison import comparison
from operations.board.pages.drift import drift
from operations.board.pages.endpoints import endpoints
from operations.board.pages.lineage import lineage
from operations.board.pages.overview import overview
from operations.board.pages.pipeline import pipeline
from operations.board.pages.run import run
from operations.board.pages.schedules import schedules
from operations.board.runs import RunReader
from operations.command_line import describe_unexpected
from operations.environment_clients import EnvironmentClients
from operations.errors import sentence

Query = Mapping[str, str]
_ICON_PATH = "/favicon.ico"
_HTML, _CSS = "text/html; charset=utf-8", "text/css; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """The status, the media type and the content of a response."""

    status: str
    media_type: str
    content: str


class Site:
    """The pages of an environment. They are made one at a time."""

    def __init__(self, aws: EnvironmentClients) -> None:
        self._aws, self._reader, self._lock = aws, RunReader(aws), Lock()
        self._pages: dict[str, Callable[[Query], View]] = {
            "": lambda _: overview(aws),
            "endpoints": lambda _: endpoints(aws),
            "drift": lambda _: drift(aws, self._reader),
            "compare": lambda query: comparison(aws, query.get("a"), query.get("b")),
            "schedules": lambda _: schedules(aws),
            "alarms": lambda _: alarms(aws),
        }
        self._named: dict[str, Callable[[str, Query], View]] = {
            "pipelines": lambda name, query: pipeline(aws, self._reader, name, query.get("after")),
            "runs": lambda name, _: run(aws, name),
            "lineage": lambda name, _: lineage(aws, name),
        }

    def answer(self, path: str, query: Query) -> Answer:
        """Return the page of a path, which is not quoted."""
        if path == STYLE_PATH:
            return Answer("200 OK", _CSS, _style())
        if path == _ICON_PATH:  # browsers ask for it
            return Answer("204 No Content", _CSS, "")
        with self._lock:
            status, view = self._view(path, query)
            return Answer(status, _HTML, document(self._aws, view, path))

    def _view(self, path: str, query: Query) -> tuple[str, View]:
        first, slash, name = path.removeprefix("/").partition("/")
        try:
            if not slash and first in self._pages:
                return "200 OK", self._pages[first](query)
            if name and first in self._named:
                return "200 OK", self._named[first](name, query)
        except NotFound as error:
            return "404 Not Found", problem("Not found", str(error))
        except OperationError as error:
            return "500 Internal Server Error", problem("Not possible", str(error))
        except (BotoCoreError, ClientError) as error:
            return "502 Bad Gateway", problem("AWS rejected a request", sentence(error))
        except Exception as error:
            return "500 Internal Server Error", problem("Error", describe_unexpected(error))
        return "404 Not Found", problem("Not found", f"The board has no page {path}.")


def problem(name: str, text: str) -> View:
    """Return the page of an error."""
    return View(name, (title("Error", name), note(text)))


def _style() -> str:
    own = Path(__file__).with_name("board.css").read_text(encoding="utf-8")
    return style() + own
