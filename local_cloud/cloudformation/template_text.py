"""Parses the text of a template: JSON, or YAML with the short forms of intrinsic functions."""

from __future__ import annotations

import json
from typing import Any

import yaml  # type: ignore[import-untyped]  # publishes no types
from moto.cloudformation.utils import yaml_tag_constructor
from yaml.parser import ParserError  # type: ignore[import-untyped]
from yaml.scanner import ScannerError  # type: ignore[import-untyped]


class _Loader(yaml.CLoader):  # type: ignore[misc]
    """libyaml's loader, ten times as fast as the one of moto, which is written in Python."""


_Loader.add_multi_constructor("", yaml_tag_constructor)


def parse_template(text: str) -> dict[str, Any]:
    """Return the template. Raises `json.JSONDecodeError` if the text is neither JSON nor YAML."""
    try:
        document: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as invalid:
        try:
            document = yaml.load(text, Loader=_Loader)  # noqa: S506  # a subclass of moto's choice
        except (ParserError, ScannerError):
            raise invalid from None
    return document
