"""The analysis of any model: kernel SHAP without an explanation of its own, and clear errors."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.bias_report import BiasConfig, Facet
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.model_analysis import analyse
from pipeline_code.runtime.schema import FLOAT, Column, Schema, choice

SCHEMA = Schema(
    (
        Column("group", choice("a", "d")),
        Column("skill", FLOAT),
        Column("noise", FLOAT),
        Column("hired", choice("no", "yes")),
    )
)
DATASET = Dataset(SCHEMA, "hired", positive="yes")
BIAS = BiasConfig(
    facets=(Facet("group", "d", known=0.0),),
    group="group",
    features=lambda rows: {"skill": np.asarray(rows["skill"])[:, None]},
)


def people(count=400):
    rng = np.random.default_rng(0)
    skill = rng.uniform(size=count)
    return pa.table(
        {
            "group": np.where(rng.uniform(size=count) < 0.4, "d", "a"),
            "skill": skill,
            "noise": rng.uniform(size=count),
            "hired": np.where(skill > 0.5, "yes", "no"),
        }
    )


@pytest.fixture
def run(tmp_path):
    """Return a function that analyses a model and returns analysis.json.

    The model subtracts `malus` from the skill of group d.
    """

    def analysed(rows=None, *, malus=0.0, dataset=DATASET):
        container = Container(tmp_path)
        for name in ("rows", "model"):
            container.processing_input(name).mkdir(parents=True)
        pq.write_table(people() if rows is None else rows, tmp_path / "rows.parquet")
        (tmp_path / "rows.parquet").rename(container.processing_input("rows") / "rows.parquet")
        with tarfile.open(container.processing_input("model") / "model.tar.gz", "w:gz") as archive:
            member = tarfile.TarInfo("malus")
            content = str(malus).encode()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

        def predict(rows, malus):
            disadvantaged = np.asarray(rows["group"]) == "d"
            return np.clip(np.asarray(rows["skill"]) - malus * disadvantaged, 0, 1)

        def load(folder):
            return float((Path(folder) / "malus").read_text())

        analyse(container, dataset, load=load, predict=predict, bias=BIAS)
        return json.loads((container.processing_output("analysis") / "analysis.json").read_text())

    return analysed


def test_a_fair_model_has_no_increase_and_is_explained(run):
    report = run()
    assert report["bias_increase"]["value"] <= 0
    shap = report["explanations"]["kernel_shap"]["label0"]
    assert list(shap["global_shap_values"])[0] == "skill"
    assert shap["global_shap_values"]["noise"] == pytest.approx(0, abs=1e-9)
    assert shap["global_shap_values"]["group"] == pytest.approx(0, abs=1e-9)
    assert shap["expected_value"] == pytest.approx(0.5, abs=0.2)


def test_an_unfair_model_has_an_increase_and_the_facet_is_important(run):
    report = run(malus=0.4)
    assert report["bias_increase"]["value"] > 0.2
    assert report["explanations"]["kernel_shap"]["label0"]["global_shap_values"]["group"] > 0.1


def test_a_facet_without_rows_is_refused(run):
    rows = people()
    rows = rows.filter(pa.array(np.asarray(rows["group"]) == "a"))
    with pytest.raises(DataError, match=r"column group: 0 of \d+ rows are 'd', so bias cannot be"):
        run(rows)


def test_a_regression_is_refused(run):
    numbers = Dataset(Schema((*SCHEMA.columns[:-1], Column("hired", FLOAT))), "hired")
    rows = people()
    rows = rows.set_column(3, "hired", pa.array(np.arange(rows.num_rows, dtype=float)))
    with pytest.raises(SettingError, match="bias is measured for classes: the Dataset needs"):
        run(rows, dataset=numbers)
