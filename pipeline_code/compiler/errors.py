"""The errors of this package; their messages are for the author of a definition."""


class DefinitionError(Exception):
    """Base class of every error of this package."""


class CompileError(DefinitionError):
    """A pipeline's definition does not compile; the message contains the compiler's error."""


class LintError(DefinitionError):
    """A definition violates rules; the message lists every finding."""


class WheelhouseError(DefinitionError):
    """The packages of a requirements.txt cannot be locked, fetched or packed."""


class DockerfileError(DefinitionError):
    """No image can be built from the Dockerfile of a pipeline; the message has the line."""


class FeatureGroupError(DefinitionError):
    """The feature groups of a pipeline are invalid, or changed in a way that AWS does not allow."""


class OptionError(DefinitionError):
    """The pipeline has no such option, or the option does not allow the value."""
