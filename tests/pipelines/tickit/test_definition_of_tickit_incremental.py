"""tickit with incremental extraction: the arguments of the function, and who may read the days."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import steps_of
from local_cloud.definition_rules.targets import EXECUTION_ID
from pipeline_code.compiler import Place
from pipeline_code.compiler.lint import lint
from tests.definitions import definition

DAYS = Place("extracted", "tickit", "Extract/")


def arguments(name="Extract", **options):
    body = definition("tickit", extraction="incremental", **options).body
    (found,) = [each.arguments for each in steps_of(body) if each.name == name]
    return found


def test_the_function_gets_the_day_and_the_period():
    found = arguments()
    of_days = {name: found[name] for name in ("day_column", "late_days", "first_day", "last_day")}
    assert of_days == {
        "day_column": "caldate",
        "late_days": 3,
        "first_day": {"Get": "Parameters.FirstDay"},
        "last_day": {"Get": "Parameters.LastDay"},
    }
    assert found["kept_days"] == {"Get": "Parameters.KeptDays"}


def test_the_query_has_no_values_so_another_period_uses_the_same_days():
    assert not [name for name in arguments() if name.startswith("value_")]
    unlimited = definition("tickit", extraction="dataset").body
    (_, given) = next(
        step.arguments["ProcessingInputs"]
        for step in steps_of(unlimited)
        if step.name == "Preprocess"
    )
    query = given["DatasetDefinition"]["RedshiftDatasetDefinition"]["QueryString"]
    assert arguments()["query"] == query


def test_days_are_kept_for_all_executions_and_the_manifest_for_one():
    found = arguments()
    kept, manifest = (found[name]["Std:Join"]["Values"][2:] for name in ("kept_uri", "s3_uri"))
    assert kept == ["extracted", "tickit", "Extract", ""]
    assert manifest == ["unload", "tickit", {"Get": EXECUTION_ID}, "Extract", ""]


def test_a_start_may_unload_all_days_again():
    body = definition("tickit", extraction="incremental").body
    (found,) = [each for each in body["Parameters"] if each["Name"] == "KeptDays"]
    assert (found["DefaultValue"], found["EnumValues"]) == ("use", ["use", "renew"])
    assert lint(body) == []


def test_jobs_read_the_days_and_only_the_function_and_the_warehouse_write_them():
    manifest = definition("tickit", extraction="incremental").manifest
    assert manifest.extracted == (DAYS,)
    processing = manifest.job("Processing")
    assert Place("extracted", "tickit") in processing.reads
    assert not [place for place in processing.writes if place.area == "extracted"]


@pytest.mark.parametrize("extraction", ["dataset", "unload", "long_unload"])
def test_other_extractions_keep_no_days(extraction):
    compiled = definition("tickit", extraction=extraction)
    assert compiled.manifest.extracted == ()
    assert "KeptDays" not in {each["Name"] for each in compiled.body["Parameters"]}


def test_the_comparison_counts_the_same_days():
    compared, extracted = (arguments(name, unchanged="skip") for name in ("CompareData", "Extract"))
    names = ("query", "day_column", "late_days", "first_day", "last_day", "kept_days")
    assert {name: compared[name] for name in names} == {name: extracted[name] for name in names}
