"""The errors of this package, for a person whose definition cannot be used."""


class DefinitionError(Exception):
    """Base class of every error of this package."""


class CompileError(DefinitionError):
    """A pipeline's definition does not compile; the message contains the compiler's error."""


class LintError(DefinitionError):
    """A definition breaks rules; the message lists every finding."""


class OptionError(DefinitionError):
    """A pipeline does not have the option, or the option does not allow the value."""
