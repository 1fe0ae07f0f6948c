"""Prepares a trial: the account, the sample data, the warehouse and the definition."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3

from local_cloud.sagemaker.exceptions import UnsupportedDefinition, ValidationFailed
from local_cloud.sagemaker.jobs.s3_transfers import upload_folder
from local_cloud.sagemaker.pipelines import pipeline_parameters
from local_cloud.sagemaker.pipelines.definition_model import Plan
from local_cloud.sagemaker.pipelines.plan import make_plan
from pipeline_code.compiler import CompiledDefinition, deployed
from pipeline_code.pipelines import folder_of, names, package_of
from pipeline_code.trial import TrialError
from pipeline_code.trial.mock_account import GROUP, LAKE, REGION, ROLE, mock_account
from pipeline_code.trial.needed_data import needed_data_sets
from pipeline_code.trial.sample_warehouse import sample_warehouse
from pipeline_code.trial.trial import Trial
from pipeline_code.trial.trial_scope import TrialScope
from pipeline_code.wheelhouse.wheels import build_wheelhouse
from warehouse.data_sets import DataSet

_CODE, _WHEELS = "code.zip", "wheels.zip"
_VALUES = {
    "LakeBucket": LAKE,
    "CodeBucket": LAKE,
    "CodeKey": _CODE,
    "CodeFile": _CODE,
    "WheelsKey": _WHEELS,
    "ModelPackageGroupName": GROUP,
}


@contextmanager
def open_trial(
    definition: CompiledDefinition,
    folder: Path,
    *,
    data: Path | None,
    existing: str | None,
    parameters: Mapping[str, str],
) -> Iterator[Trial]:
    """Open the trial of a definition; its files are in `folder`, which is emptied first.

    `data` is a folder with real files, as for `make load`, and `existing` the name of a described
    warehouse whose tables the queries read.

    Raises:
        TrialError: a parameter or a step is not supported, or the sample data cannot be loaded.
    """
    shutil.rmtree(folder, ignore_errors=True)
    plan = _plan(definition)
    scope = TrialScope(plan, _parameters(plan, parameters))
    with mock_account():
        _upload_code(definition, folder)
        needed = needed_data_sets(definition.name, definition.body, names())
        for data_set in needed:
            _upload(data_set, folder / "sample-data" / data_set.name, data)
        with sample_warehouse(needed, folder, existing=existing) as warehouse:
            package = package_of(definition.name)
            yield Trial(plan, scope, package, _CODE, warehouse, folder, report=print)


def _upload(data_set: DataSet, folder: Path, data: Path | None) -> None:
    """Upload the files of a data set to the lake."""
    folder.mkdir(parents=True)
    for message in data_set.prepare(folder, data):
        print(message)
    upload_folder(boto3.client("s3"), folder, f"s3://{LAKE}/{data_set.incoming}", kms_key=None)


def _plan(definition: CompiledDefinition) -> Plan:
    manifest = definition.manifest
    if manifest.built_image:
        raise TrialError(
            f"{definition.name} runs in the image of its Dockerfile, and a trial runs in this "
            "process: start the pipeline on the laptop cloud, which builds the image"
        )
    images = {name: uris[REGION] for name, uris in manifest.image_uris.items()}
    values = {
        name: ROLE if name.endswith("RoleArn") else f"trial-{name}" for name in manifest.environment
    }
    try:
        return make_plan(json.dumps(deployed(definition.body, values | images | _VALUES)))
    except UnsupportedDefinition as error:
        raise TrialError(str(error)) from error


def _parameters(plan: Plan, given: Mapping[str, str]) -> dict[str, object]:
    overrides = [{"Name": name, "Value": value} for name, value in given.items()]
    try:
        return pipeline_parameters.resolve(plan.parameters, overrides)
    except ValidationFailed as error:
        raise TrialError(error.message) from error


def _upload_code(definition: CompiledDefinition, folder: Path) -> None:
    """Upload the wheels of the pipeline. Its scripts are imported, so their archive is empty."""
    s3 = boto3.client("s3")
    s3.put_object(Bucket=LAKE, Key=_CODE, Body=b"")
    if image := definition.manifest.wheels:
        archive = build_wheelhouse(definition.name, image, folder, folder_of(definition.name))
        s3.put_object(Bucket=LAKE, Key=_WHEELS, Body=archive.read_bytes())
