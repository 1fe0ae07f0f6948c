"""The built-in XGBoost algorithm: jobs without an entry point, and rejected settings and data."""

from __future__ import annotations

import io
import json
import pickle
import sys
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from botocore.exceptions import ClientError

from local_cloud.sagemaker.containers.xgboost_algorithm.training import main
from local_cloud.sagemaker.jobs.process_isolation import has_namespaces

IMAGE = "registry.example/sagemaker-xgboost:3.2-0"
SETTINGS = {"objective": "binary:logistic", "num_round": "8", "max_depth": "3"}


def table(rows=200, seed=0):
    """Return rows with three columns and a label that depends on the first, with some noise."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 3)).round(4)
    label = features[:, 0] + rng.normal(scale=0.3, size=rows) > 0
    return np.column_stack([label, features])


def csv(values):
    return "".join(",".join(f"{value:g}" for value in row) + "\n" for row in values)


@pytest.fixture
def container(tmp_path, monkeypatch, capsys):
    """Run the algorithm on files. Return the exit code, the output and the failure."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")

    def run(files, *, settings=SETTINGS, content_type="text/csv", hosts=("algo-1",), version=""):
        monkeypatch.setattr(sys, "argv", ["containers", "xgboost_algorithm.training", version])
        config = tmp_path / "input/config"
        config.mkdir(parents=True)
        channels = {path.partition("/")[0]: {"ContentType": content_type} for path in files}
        for name, document in {
            "hyperparameters": settings,
            "inputdataconfig": channels,
            "resourceconfig": {"current_host": hosts[0], "hosts": list(hosts)},
        }.items():
            (config / f"{name}.json").write_text(json.dumps(document))
        for path, content in files.items():
            file = tmp_path / "input/data" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = main()
        failure = tmp_path / "output/failure"
        return code, capsys.readouterr().out, failure.read_text() if failure.exists() else ""

    return run


@pytest.fixture
def model(tmp_path):
    """Load the model that the container wrote."""

    def load():
        booster = xgboost.Booster()
        booster.load_model(bytearray((tmp_path / "model/xgboost-model").read_bytes()))
        return booster

    return load


def accuracy(booster, values):
    predicted = booster.predict(xgboost.DMatrix(values[:, 1:]))
    return np.mean((predicted > 0.5) == (values[:, 0] > 0.5))


def test_it_trains_on_the_train_channel_and_prints_each_round(container, model):
    files = {"train/a.csv": csv(table()), "validation/b.csv": csv(table(seed=1))}
    code, output, failure = container(files)
    assert (code, failure) == (0, "")
    lines = output.splitlines()
    assert len(lines) == 8
    assert lines[0].startswith("[0]#011train-logloss:0.")
    assert "#011validation-logloss:0." in lines[7]
    assert model().num_boosted_rounds() == 8
    assert accuracy(model(), table(seed=2)) > 0.8


def test_all_files_of_a_channel_are_read_without_a_validation_channel(container, model):
    halves = {"train/a.csv": csv(table()[:100]), "train/deep/b.csv": csv(table()[100:])}
    code, output, _ = container(halves | {"train/_SUCCESS": "no data", "train/empty.csv": ""})
    assert code == 0
    assert "validation" not in output
    whole = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3},
        xgboost.DMatrix(table()[:, 1:], table()[:, 0]),
        8,
    )
    rows = xgboost.DMatrix(table(seed=3)[:, 1:])
    assert model().predict(rows) == pytest.approx(whole.predict(rows), abs=1e-4)


def test_early_stopping_keeps_the_best_round(container, model):
    noise = np.random.default_rng(5).normal(size=(60, 4))
    noise[:, 0] = noise[:, 0] > 0
    settings = SETTINGS | {"num_round": "200", "early_stopping_rounds": "5"}
    files = {"train/a.csv": csv(noise[:30]), "validation/b.csv": csv(noise[30:])}
    code, output, _ = container(files, settings=settings)
    assert code == 0
    losses = [float(line.rpartition(":")[2]) for line in output.splitlines()]
    assert len(losses) < 200
    assert model().num_boosted_rounds() == losses.index(min(losses)) + 1 == len(losses) - 5


def test_several_metrics_are_printed(container):
    settings = SETTINGS | {"eval_metric": "error,auc"}
    code, output, _ = container({"train/a.csv": csv(table())}, settings=settings)
    assert code == 0
    assert output.startswith("[0]#011train-error:")
    assert "#011train-auc:" in output


def parquet(values):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({f"c{i}": column for i, column in enumerate(values.T)}), sink)
    return sink.getvalue().to_pybytes()


def libsvm(values):
    return "".join(
        f"{row[0]:g} " + " ".join(f"{i}:{value:g}" for i, value in enumerate(row[1:])) + "\n"
        for row in values
    )


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (csv(table()).replace(",", "\t"), "csv"),
        (csv(table()), "text/csv; label_size=1"),
        (parquet(table()), "application/x-parquet"),
        (libsvm(table()), "text/libsvm"),
        (libsvm(table()), ""),
    ],
)
def test_every_format_gives_the_same_model(container, model, content, content_type):
    code, _, failure = container({"train/data": content}, content_type=content_type)
    assert (code, failure) == (0, "")
    assert accuracy(model(), table()) > 0.9
    assert model().num_features() == 3


def test_weights_are_the_second_column(container, model):
    values = table()
    weight = np.where(values[:, 0] > 0, 1.0, 0.0)
    content = csv(np.insert(values, 1, weight, axis=1))
    code, _, _ = container({"train/a.csv": content}, settings=SETTINGS | {"csv_weights": "1"})
    assert code == 0
    # Rows whose label is false have the weight 0, so every prediction is true.
    assert model().num_features() == 3
    assert model().predict(xgboost.DMatrix(values[:, 1:])).min() > 0.5


def test_empty_values_are_missing_values(container, model):
    code, _, _ = container({"train/a.csv": csv(table()) + "1,,0.5,\n"})
    assert code == 0
    assert model().num_features() == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"objective": "binary:logistic"}, "Missing required hyperparameter: num_round"),
        (SETTINGS | {"max_dept": "3"}, "Extraneous hyperparameter found: max_dept"),
        (
            SETTINGS | {"num_round": "many"},
            "Hyperparameter num_round: could not parse value 'many'",
        ),
        (SETTINGS | {"num_round": "0"}, "Hyperparameter num_round: 0 is not in [1, +inf)"),
        (SETTINGS | {"eta": "1.5"}, "Hyperparameter eta: 1.5 is not in [0, 1]"),
        (SETTINGS | {"learning_rate": "nan"}, "Hyperparameter eta: nan is not in [0, 1]"),
        (SETTINGS | {"subsample": "0"}, "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        (SETTINGS | {"booster": "forest"}, "booster: forest is not in gbtree, gblinear, dart"),
        (SETTINGS | {"_kfold": "5"}, "_kfold: the laptop cloud does not support cross-validation"),
        (SETTINGS | {"tree_method": "gpu_hist"}, "tree_method: gpu_hist is not in auto, exact"),
        (SETTINGS | {"eval_metric": "auc,f1"}, "the container's own metrics (f1); use XGBoost's"),
        (SETTINGS | {"objective": "magic"}, "XGB train call failed with exception:\n"),
    ],
)
def test_hyperparameters_are_checked(container, settings, message):
    code, _, failure = container({"train/a.csv": csv(table())}, settings=settings)
    assert code == 1
    assert message in failure
    assert "Stack trace" not in failure


# The files of the images at the tags v1.0-1, v1.2-1 and v1.3-1 of
# https://github.com/aws/sagemaker-xgboost-container: algorithm_mode/train.py calls pkl.dump until
# 1.2, and algorithm_mode/hyperparameter_validation.py has `silent` until 1.0.
@pytest.mark.parametrize("version", ["0.90", "1.0", "1.2"])
def test_the_images_before_1_3_write_a_pickle(container, tmp_path, version):
    code, _, failure = container({"train/a.csv": csv(table())}, version=version)
    assert (code, failure) == (0, "")
    booster = pickle.loads((tmp_path / "model/xgboost-model").read_bytes())
    assert accuracy(booster, table(seed=2)) > 0.8


@pytest.mark.parametrize(("version", "code"), [("0.90", 0), ("1.0", 0), ("1.2", 1), ("", 1)])
def test_silent_is_a_hyperparameter_of_the_first_images(container, version, code):
    settings = SETTINGS | {"silent": "0"}
    ended, _, failure = container({"train/a.csv": csv(table())}, settings=settings, version=version)
    assert ended == code
    assert ("Extraneous hyperparameter found: silent" in failure) == bool(code)


@pytest.mark.parametrize(
    ("files", "more", "message"),
    [
        ({"validation/a.csv": "1,2\n"}, {}, "Missing required channel: train"),
        ({"train/a.csv": ""}, {}, "No data in channel train"),
        ({"train/a": "1,2\n", "test/b": "1,2\n"}, {}, "Extraneous channel found: test"),
        ({"train/a.csv": "label,1\n1,2\n"}, {}, "a.csv: In CSV column #0: CSV conversion error"),
        ({"train/a.csv": "1,2,3\n1,2\n"}, {}, "Expected 3 columns, got 2"),
        ({"train/a.csv": "1\n0\n"}, {}, "Could not determine delimiter on line 1"),
        (
            {"train/a.csv": "1,2\n"},
            {"content_type": ""},
            "For a channel of CSV, set ContentType text/csv",
        ),
        ({"train/a": "1,2\n"}, {"content_type": "application/x-parquet"}, "Failed to load parquet"),
        ({"train/a": "1,2\n"}, {"content_type": "application/x-image"}, "not an accepted Content"),
        ({"train/a": "1,2\n"}, {"content_type": "text/csv;label_size=2"}, "must be equal to 1"),
    ],
)
def test_channels_are_checked(container, files, more, message):
    code, _, failure = container(files, **more)
    assert code == 1
    assert message in failure


@pytest.fixture
def request_without_script(workshop):
    workshop.put("train/part.csv", csv(table()))
    request = workshop.training("", HyperParameters=SETTINGS)
    algorithm = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    channel = workshop.channel("train", workshop.uri("train/")) | {"ContentType": "text/csv"}
    return request | {"AlgorithmSpecification": algorithm, "InputDataConfig": [channel]}


def trained_model(workshop, found):
    """Load the model of a job, whose archive contains nothing else."""
    key = found["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(workshop.uri(""))
    body = workshop.s3.get_object(Bucket=workshop.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == ["xgboost-model"]
        trees = bytearray(archive.extractfile("xgboost-model").read())
    return xgboost.Booster({"nthread": 1}, model_file=trees)


def test_a_job_without_entry_point_runs_the_algorithm(workshop, request_without_script):
    found = workshop.run_training(request_without_script)
    assert found["TrainingJobStatus"] == "Completed", found
    metrics = {each["MetricName"]: each["Value"] for each in found["FinalMetricDataList"]}
    assert 0 < metrics["train:logloss"] < 0.5
    assert accuracy(trained_model(workshop, found), table(seed=2)) > 0.8


def test_the_version_of_the_image_is_that_of_its_tag(workshop, request_without_script):
    image = {
        "TrainingImage": IMAGE.replace(":3.2-0", ":1.0-1-cpu-py3"),
        "TrainingInputMode": "File",
    }
    found = workshop.run_training(
        request_without_script
        | {"AlgorithmSpecification": image, "HyperParameters": SETTINGS | {"silent": "0"}}
    )
    assert found["TrainingJobStatus"] == "Completed", found


def test_a_refusal_is_the_failure_reason_of_the_job(workshop, request_without_script):
    found = workshop.run_training(
        request_without_script | {"HyperParameters": SETTINGS | {"depth": "3"}}
    )
    assert found["TrainingJobStatus"] == "Failed"
    assert "Extraneous hyperparameter found: depth" in found["FailureReason"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"TrainingImage": "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"},
            "ContainerEntrypoint is missing",
        ),
        ({"ContainerArguments": ["--fast"]}, "ContainerArguments is not supported"),
        ({"MetricDefinitions": [{"Name": "a", "Regex": "b"}]}, "MetricDefinitions is not"),
    ],
)
def test_the_algorithm_accepts_no_command(workshop, request_without_script, change, message):
    algorithm = request_without_script["AlgorithmSpecification"] | change
    with pytest.raises(ClientError, match=message):
        workshop.run_training(request_without_script | {"AlgorithmSpecification": algorithm})


@pytest.mark.skipif(not has_namespaces(), reason="this machine does not allow namespaces")
def test_several_hosts_train_one_model_and_one_without_data_ends(workshop, request_without_script):
    workshop.put("train/second.csv", csv(table(seed=1)))
    request = request_without_script
    request["ResourceConfig"]["InstanceCount"] = 3
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source["S3DataDistributionType"] = "ShardedByS3Key"
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found["FailureReason"]
    assert accuracy(trained_model(workshop, found), table(seed=2)) > 0.85
