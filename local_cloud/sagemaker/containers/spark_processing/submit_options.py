"""The options of smspark-submit. Source: src/smspark/cli.py of sagemaker-spark-container."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .submit_error import SubmitError

# Options whose value is a folder, or a list of files with commas.
_FILES = ("--jars", "--py-files", "--files")
_S3_EVENTS, _LOCAL_EVENTS = "--spark-event-logs-s3-uri", "--local-spark-event-logs-dir"
_VALUED = (*_FILES, "--class", _S3_EVENTS, _LOCAL_EVENTS)
_S3 = re.compile(r"s3[an]?://", re.IGNORECASE)


@dataclass(frozen=True)
class SubmitOptions:
    """The options for spark-submit, the application with its arguments, the folder of events."""

    passed: tuple[str, ...]
    application: tuple[str, ...]
    event_logs: str = ""


def parse_options(arguments: Sequence[str]) -> SubmitOptions:
    """Read the arguments of smspark-submit. Raises SubmitError for what the image rejects.

    Options end at the application. Paths in S3 are rejected, because a local Spark has no connector
    to S3, and PyPI has none: an input of the job downloads the data.
    """
    passed, events, rest = list[str](), "", list(arguments)
    while rest and rest[0].startswith("-"):
        option, separator, value = rest.pop(0).partition("=")
        if option in ("-v", "--verbose"):
            passed.append("--verbose")
            continue
        if option not in _VALUED:
            raise SubmitError(
                f"(caused by NoSuchOption): Couldn't parse input.: No such option: {option}; "
                f"allowed are {', '.join((*_VALUED, '--verbose'))}, and other settings in "
                "configuration.json"
            )
        if not separator:
            value = rest.pop(0) if rest else ""
        _check_value(option, value)
        if option == _LOCAL_EVENTS:
            events = value
        else:
            passed += [option, _expanded(value) if option in _FILES else value]
    if not rest:
        raise SubmitError(
            "(caused by MissingParameter): Couldn't parse input.: the path of the application, a "
            ".py or .jar file, is missing"
        )
    for argument in rest:
        _check_s3(argument)
    return SubmitOptions(tuple(passed), tuple(rest), events)


def _check_value(option: str, value: str) -> None:
    if not value:
        raise SubmitError(f"(caused by ValueError): {option} has no value: add it, or leave it out")
    if option == _S3_EVENTS:
        raise SubmitError(
            f"{option} is not supported on the laptop, whose Spark has no connector to S3: use "
            f"{_LOCAL_EVENTS} and an output of this folder"
        )
    _check_s3(value)


def _check_s3(value: str) -> None:
    if _S3.match(value):
        raise SubmitError(
            f"the path {value[:200]!r} is not supported on the laptop, whose Spark has no "
            "connector to S3 (hadoop-aws): declare an input of the step, and read "
            "file:///opt/ml/processing/input/<name>"
        )


def _expanded(value: str) -> str:
    """Replace each folder of a list by its files, as the image does."""
    found: list[str] = []
    for name in value.split(","):
        path = Path(name.removeprefix("file://"))
        if not path.is_absolute() or not path.exists():
            raise SubmitError(
                f"(caused by ValueError): error preparing for spark submit: file path {path} does "
                "not exist, or is not absolute"
            )
        if not path.is_dir():
            found.append(str(path))
            continue
        files = [str(each) for each in sorted(path.iterdir()) if each.is_file()]
        if not files:
            raise SubmitError(
                f"(caused by ValueError): error preparing for spark submit: Found zero files in "
                f"{path}"
            )
        found += files
    return ",".join(found)
