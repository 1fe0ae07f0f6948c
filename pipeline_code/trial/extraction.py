"""Runs extractions with the code of the deployed function, and queries of processing jobs."""

import importlib
import sys
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import boto3

from local_cloud.redshift import Dataset
from local_cloud.redshift.api.dataset_unload import unload_sql
from pipeline_code.pipelines import FOLDER
from pipeline_code.trial import TrialError
from pipeline_code.trial.mock_account import LAKE, ROLE
from pipeline_code.trial.sample_warehouse import SampleWarehouse

_FUNCTIONS = FOLDER.parent / "lambda"
_MODULES = [str(_FUNCTIONS / name) for name in ("extract", "shared")]


def extract(warehouse: SampleWarehouse, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Unload the rows of an extraction step and return the outputs of the step.

    Raises:
        TrialError: the arguments are refused, the query fails or has no rows.
    """
    with patch.object(sys, "path", [*_MODULES, *sys.path]):
        bound_query, unloading = map(importlib.import_module, ("bound_query", "unloading"))
    try:
        extraction = unloading.Extraction.read(arguments, LAKE)
        given = extraction.bound.parameters.get("Parameters", ())
        values = {each["name"]: each["value"] for each in given}
        warehouse.run(*extraction.statements(ROLE), values=values)
        outputs: dict[str, str] = unloading.step_outputs(boto3.client("s3"), extraction, "0")
        return outputs
    except (bound_query.ArgumentRefused, unloading.ExtractionFailed) as error:
        raise TrialError(str(error)) from error


def unload_dataset(warehouse: SampleWarehouse, definition: Mapping[str, Any]) -> int:
    """Unload the rows of a RedshiftDatasetDefinition. Return their number."""
    dataset = Dataset(
        cluster_identifier=definition["ClusterId"],
        database=definition["Database"],
        db_user=definition["DbUser"],
        query=definition["QueryString"],
        role_arn=ROLE,
        s3_uri=definition["OutputS3Uri"],
        output_format=definition["OutputFormat"],
        compression=definition.get("OutputCompression"),
        caller_arn=ROLE,
    )
    return warehouse.run(unload_sql(dataset))
