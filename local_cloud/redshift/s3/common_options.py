"""Reads the options that COPY and UNLOAD write alike; unknown ones are rejected by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

Read = Callable[[Reader], object]


class Options(Protocol):
    """A statement's options; `given` holds the names of those that were read."""

    given: set[str]


def read_option(
    reader: Reader, options: Options, known: Mapping[str, tuple[str, Read]], *, statement: str
) -> str:
    """Read the next option into its attribute and give the attribute's name.

    `known` maps a word to an attribute and to what reads its value. An option that has no effect
    here has no attribute. Raises StatementFailed for a repeated or unknown option.
    """
    for word, (name, read) in known.items():
        if reader.accept(word):
            if name in options.given:
                raise StatementFailed("ERROR: conflicting or redundant options")
            options.given.add(name)
            value = read(reader)
            if hasattr(options, name):
                setattr(options, name, value)
            return name
    if reader.next_is_text():
        raise reader.unexpected()
    raise refused(f"the {statement} option {reader.peek()}")


def flag(_: Reader) -> bool:
    """An option that is there or not."""
    return True


def text(reader: Reader) -> str:
    """[AS] 'text'"""
    reader.accept("AS")
    return reader.text()


def role(reader: Reader) -> str:
    """'arn'; the cluster's default role is rejected."""
    if reader.accept("DEFAULT"):
        raise refused("IAM_ROLE default")
    return reader.text()


def constant(value: str) -> Read:
    """An option whose word is its value."""
    return lambda _: value


def format_of(statement: str, kinds: tuple[str, ...]) -> Read:
    """[AS] format: one of `kinds`; other formats of `statement` are rejected."""

    def read(reader: Reader) -> str:
        reader.accept("AS")
        for kind in kinds:
            if reader.accept(kind.upper()):
                return kind
        raise refused(f"the {statement} format {reader.peek()}")

    return read


def field_widths(specification: str) -> list[int]:
    """The widths of FIXEDWIDTH's `label:width,label:width`, in characters."""
    try:
        return [int(pair.rpartition(":")[2]) for pair in specification.split(",")]
    except ValueError as error:
        raise StatementFailed(
            f"ERROR: invalid FIXEDWIDTH specification: {specification}"
        ) from error
