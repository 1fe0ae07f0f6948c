"""The errors of this package: what a person reads when a definition cannot be used."""


class DefinitionError(Exception):
    """Root of every error that this package raises."""


class CompileError(DefinitionError):
    """A pipeline's definition could not be compiled; the message holds the compiler's own error."""


class LintError(DefinitionError):
    """A definition breaks rules; the message lists every finding."""


class OptionError(DefinitionError):
    """An option that a pipeline does not have, or a value that the option does not take."""
