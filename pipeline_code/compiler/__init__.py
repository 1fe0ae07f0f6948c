"""Definitions of SageMaker pipelines as data: compiled offline, linted, and cached.

The import of this package needs only the standard library. `lint` needs botocore, and the child
process that compiles needs the SDK.
"""

from local_cloud.definition_rules.findings import Finding
from pipeline_code.compiler.compiled import (
    CompiledDefinition,
    Request,
    check_definition,
    compiled,
    compiled_all,
)
from pipeline_code.compiler.databases import DatabaseUse
from pipeline_code.compiler.errors import CompileError, DefinitionError, LintError
from pipeline_code.compiler.manifest import (
    FEATURE_RECORDS,
    MODELS_OF,
    QUERY_ATHENA,
    Access,
    JobRole,
    Manifest,
    Place,
)
from pipeline_code.compiler.placeholders import deployed
from pipeline_code.compiler.queries import AthenaQuery, athena_queries, queries_of
from pipeline_code.compiler.requests import job_requests, parameter_defaults

__all__ = [
    "FEATURE_RECORDS",
    "MODELS_OF",
    "QUERY_ATHENA",
    "Access",
    "AthenaQuery",
    "CompileError",
    "CompiledDefinition",
    "DatabaseUse",
    "DefinitionError",
    "Finding",
    "JobRole",
    "LintError",
    "Manifest",
    "Place",
    "Request",
    "athena_queries",
    "check_definition",
    "compiled",
    "compiled_all",
    "deployed",
    "job_requests",
    "parameter_defaults",
    "queries_of",
]
