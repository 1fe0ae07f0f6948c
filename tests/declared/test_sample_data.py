"""The generators of sample data list the files that they write: the loader relies on it."""

from __future__ import annotations

import pytest

from pipeline_code.pipelines import folder_of, names
from warehouse.data_sets import DataSet


@pytest.mark.parametrize(
    "pipeline", [name for name in names() if (folder_of(name) / "sample_data").is_dir()]
)
def test_a_generator_lists_the_names_of_its_files(pipeline, tmp_path):
    data_set = DataSet(pipeline)
    data_set.prepare(tmp_path, None)
    written = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(data_set.files()) == sorted(written)
