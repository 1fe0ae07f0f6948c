"""What a destroyed environment leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Why something is still there.
Because = Literal["not deleted", "retained", "made by runs", "waiting for its end", "shared"]


@dataclass(frozen=True)
class Left:
    """One thing that is still there: its kind in CloudFormation's or plain words, and its name.

    `note` says what is in it, or what becomes of it. Of what a stack has retained, `stack` and
    `logical_id` say which resource of the app it is (`cdk import` asks for both).
    """

    because: Because
    kind: str
    name: str
    note: str = ""
    stack: str = ""
    logical_id: str = ""
