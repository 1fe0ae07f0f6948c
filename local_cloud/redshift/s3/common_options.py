"""Reads the options whose syntax is the same in COPY and UNLOAD."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

Read = Callable[[Reader], object]


class Options(Protocol):
    """The options of a statement. `given` are the names of the options that were read."""

    given: set[str]


def read_option(
    reader: Reader, options: Options, known: Mapping[str, tuple[str, Read]], *, statement: str
) -> str:
    """Read the next option, set its attribute, and return the name of the attribute.

    `known` maps the word of an option to the name of its attribute and to the function that reads
    its value. `options` has no attribute for an option without an effect here. Raises
    StatementFailed for a repeated or unknown option.
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
    """Return True: the option has no value."""
    return True


def text(reader: Reader) -> str:
    """Read [AS] 'text'."""
    reader.accept("AS")
    return reader.text()


def role(reader: Reader) -> str:
    """Read the ARN of a role. Raises StatementFailed for DEFAULT, the cluster's default role."""
    if reader.accept("DEFAULT"):
        raise refused("IAM_ROLE default")
    return reader.text()


def constant(value: str) -> Read:
    """Return a reader for an option whose word is its value."""
    return lambda _: value


def format_of(statement: str, kinds: tuple[str, ...]) -> Read:
    """Return a reader for [AS] format. It raises StatementFailed for formats not in `kinds`."""

    def read(reader: Reader) -> str:
        reader.accept("AS")
        for kind in kinds:
            if reader.accept(kind.upper()):
                return kind
        raise refused(f"the {statement} format {reader.peek()}")

    return read


def field_widths(specification: str) -> list[int]:
    """Return the widths, in characters, of a FIXEDWIDTH specification: `label:width,…`."""
    try:
        return [int(pair.rpartition(":")[2]) for pair in specification.split(",")]
    except ValueError as error:
        raise StatementFailed(
            f"ERROR: invalid FIXEDWIDTH specification: {specification}"
        ) from error
