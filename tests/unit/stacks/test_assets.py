"""The files in each asset: exactly those that the function or the job needs."""

import gzip
import json
import zipfile
from importlib.resources import files as files_of
from pathlib import Path

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from pipeline_code.source_files import source_files
from tests.application.environments import PROVISIONED
from tests.application.synthesised import synthesised

ROOT = Path(__file__).parents[3]
MODEL = "service_models/redshift-data/2019-12-20/service-2.json"
# The service model of the Data API, and its folders.
DATA_API = [str(each) for each in reversed([*Path(MODEL).parents][:-1])] + [MODEL]


def contents(environment, part):
    """The sorted file names of each asset of a stack."""
    name = next(environment.folder.glob(f"*-{part}.assets.json"))
    found = []
    for asset in json.loads(name.read_text())["files"].values():
        path = environment.folder / asset["source"]["path"]
        if path.name.endswith(".template.json"):
            continue
        if path.is_dir():
            files = [each.relative_to(path).as_posix() for each in path.rglob("*")]
        else:
            files = zipfile.ZipFile(path).namelist()
        found.append((path, sorted(files)))
    return found


def test_the_migrations_function_holds_the_migrations(environment):
    found = contents(environment, "warehouse")
    ((folder, files),) = [each for each in found if "migrations.json" in each[1]]
    modules = ["clients.py", "custom_resource.py", "deadline.py", "handler.py", "statements.py"]
    assert files == sorted([*modules, "migrations.json", "rights.json", "rights.py"])
    migrations = json.loads((folder / "migrations.json").read_text())
    assert [each["version"] for each in migrations] == list(range(1, len(migrations) + 1))


def test_the_extraction_is_all_of_its_folder(environment):
    found = [files for _, files in contents(environment, "warehouse") if "extraction.py" in files]
    modules = [path.name for path in (ROOT / "lambda/extract").glob("*.py")]
    shared = ["bound_query.py", "clients.py", "day_query.py", "deadline.py", "statements.py"]
    assert found == [sorted([*modules, *shared, *DATA_API])]


def test_functions_that_bind_values_bring_a_model_that_has_them(environment, monkeypatch):
    """`Parameters` is newer than botocore 1.42.63, and Lambda publishes no version of its SDK.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html, "Runtime-included SDK versions"
    """
    installed = files_of("botocore") / "data" / "redshift-data" / "2019-12-20/service-2.json.gz"
    pinned = gzip.decompress(installed.read_bytes())
    for part, (functions_with, codes) in {"warehouse": (2, 1), "demand-batch": (2, 2)}.items():
        functions = environment.resources(part, "AWS::Lambda::Function").values()
        variables = [each["Properties"].get("Environment", {"Variables": {}}) for each in functions]
        found = [each["Variables"].get("AWS_DATA_PATH") for each in variables]
        paths = [path for path in found if path]
        folders = {folder for folder, files in contents(environment, part) if MODEL in files}
        assert (len(paths), len(folders)) == (functions_with, codes)
        for folder in folders:
            monkeypatch.setenv("LAMBDA_TASK_ROOT", str(folder))
            loader = create_loader(*set(paths))
            model = ServiceModel(loader.load_service_model("redshift-data", "service-2"))
            assert (
                "Parameters" in model.operation_model("BatchExecuteStatement").input_shape.members
            )
            assert (folder / MODEL).read_bytes() == pinned


def test_the_function_that_writes_reports_holds_its_whole_packages(environment):
    ((_, files),) = [each for each in contents(environment, "demand") if "run_report" in each[1]]
    packages = [
        path.relative_to(ROOT).as_posix()
        for package in ("execution_reader", "html_pages", "prices", "run_report")
        for path in source_files(ROOT / package, "**/*")
    ]
    found = [name for name in files if Path(name).suffix]
    assert found == sorted(["clients.py", "deadline.py", "handler.py", *packages])
    assert "html_pages/style.css" in found


def archives(environment):
    return [found for found in contents(environment, "demand") if found[0].suffix == ".zip"]


@pytest.mark.parametrize("name", ["basic", "internet"])
def test_the_functions_that_empty_what_is_deleted_are_their_own_code_and_the_answer(name):
    ((_, buckets),) = contents(synthesised(name), "data")
    registry, models = [
        files
        for path, files in contents(synthesised(name), "demand")
        if path.suffix != ".zip" and "run_report" not in files
    ]
    modules = ["clients.py", "custom_resource.py", "deadline.py", "handler.py"]
    assert buckets == registry == models == modules


def test_nothing_that_is_retained_can_be_emptied(retained):
    assert contents(retained, "data") == []
    functions = [path for path, _ in contents(retained, "demand") if path.is_dir()]
    handlers = [(path / "handler.py").read_text() for path in functions]
    assert [text for text in handlers if "delete_model(" in text] != []
    assert not any("delete_model_package(" in text for text in handlers)


def test_the_code_archive_holds_the_runtime_and_the_steps(environment):
    ((path, files),) = archives(environment)
    steps = {"__main__.py", "fixed_pipelines/demand/train.py", "pipeline_code/runtime/job.py"}
    assert steps <= set(files)
    assert not [name for name in files if "sample_data" in name or name.endswith("pipeline.py")]


@pytest.mark.parametrize("part", ["network", "alerts"])
def test_other_stacks_have_none(environment, part):
    assert contents(environment, part) == []


def test_environments_share_the_same_code():
    found = {archives(synthesised(name))[0][0].name for name in PROVISIONED}
    assert len(found) == 1


def test_no_asset_holds_bytecode(environment):
    assert not list(environment.folder.rglob("*.pyc"))
    assert not list(environment.folder.rglob("__pycache__"))
