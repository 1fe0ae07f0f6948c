"""Definitions of SageMaker pipelines as data: compiled offline, linted, and kept until stale.

Importing this package needs the standard library alone; `build` and `lint` need the SDK and
botocore, and are imported by the child process that compiles.
"""

from pipeline_code.definition.actions import RequiredActions, Requirement, required_actions
from pipeline_code.definition.compiled import CompiledDefinition, compiled
from pipeline_code.definition.errors import CompileError, DefinitionError, LintError
from pipeline_code.definition.findings import Finding
from pipeline_code.definition.names import ENVIRONMENT_PARAMETERS, IMAGES
from pipeline_code.definition.permissions import missing_actions
from pipeline_code.definition.tags import constant_tags

__all__ = [
    "ENVIRONMENT_PARAMETERS",
    "IMAGES",
    "CompileError",
    "CompiledDefinition",
    "DefinitionError",
    "Finding",
    "LintError",
    "RequiredActions",
    "Requirement",
    "compiled",
    "constant_tags",
    "missing_actions",
    "required_actions",
]
