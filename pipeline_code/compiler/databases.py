"""The databases that a definition reads, and the names of their environment values."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class DatabaseUse:
    """A database by its name in the environment, and the settings that its connector knows.

    `required` settings have no default, `optional` ones have a default.
    """

    name: str
    connector: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, str]:
        """Setting -> the name of its environment value."""
        every = (*self.required, *self.optional)
        return {each: self.value(f"Setting{_capitalized(each, '_')}") for each in every}

    def value(self, member: str) -> str:
        """Return the name of an environment value: Host, Port or Secret of the database."""
        return f"{_capitalized(self.name, '-')}Database{member}"


def _capitalized(text: str, separator: str) -> str:
    return "".join(word.capitalize() for word in text.split(separator))
