"""The type checker reads all imported modules of aws_cdk; an unlisted module would be Any."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pipeline_code.source_files import source_files


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of aws_cdk that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module="aws_cdk", names=names, level=0):
                yield from (f"aws_cdk.{each.name}" for each in names if each.name[0].islower())
            case ast.ImportFrom(module=str(module), level=0) if module.startswith("aws_cdk."):
                yield module
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name.startswith("aws_cdk"))


def test_what_is_imported_of_aws_cdk_is_read(repository):
    settings = tomllib.loads((repository / "pyproject.toml").read_text())
    overrides = settings["tool"]["mypy"]["overrides"]
    (read,) = [each["module"] for each in overrides if each.get("follow_imports") == "normal"]
    sources = [repository / "app.py", *source_files(repository / "stacks", "**/*.py")]
    missing = {module for path in sources for module in imported(path)} - set(read)
    assert missing == set(), "add them to the list of aws_cdk's modules in pyproject.toml"


def test_every_form_of_import_is_found(tmp_path):
    path = tmp_path / "stack.py"
    path.write_text(
        "import aws_cdk as cdk\nimport aws_cdk.aws_sns\n"
        "from aws_cdk import Duration, aws_sqs as sqs\nfrom aws_cdk.aws_s3 import Bucket\n"
    )
    assert set(imported(path)) == {
        "aws_cdk", "aws_cdk.aws_sns", "aws_cdk.aws_sqs", "aws_cdk.aws_s3"
    }  # fmt: skip
