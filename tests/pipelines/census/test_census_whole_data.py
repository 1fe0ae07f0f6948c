"""The model's quality on the complete generated data set and the real data set."""

import pytest

from pipeline_code.census.sample_data.__main__ import main as generate

pytestmark = pytest.mark.slow

# The hyperparameters of the definition, repeated because its import needs the SDK.
SHIPPED = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "num_round": "1000",
    "max_depth": "5",
    "eta": "0.1",
    "early_stopping_rounds": "30",
}


@pytest.fixture
def measure(preprocess, train, evaluate, report):
    """Return a function that runs the steps over a folder with adult.csv; it returns metrics."""

    def run(folder, training):
        lines = (folder / "adult.csv").read_text().splitlines(keepends=True)
        preprocessing, codes = preprocess(content=lines)
        assert codes == [0], preprocessing.output
        trained, codes = train(preprocessing, training=training, hyperparameters=SHIPPED)
        assert codes == [0], trained.output
        job, codes = evaluate(trained, preprocessing)
        assert codes == [0], job.output
        measured = report(job)["binary_classification_metrics"]
        measured.pop("confusion_matrix")
        return {name: metric["value"] for name, metric in measured.items()}

    return run


def test_model_of_generated_data_learns_the_signal(measure, tmp_path):
    generate(["--output", str(tmp_path)])
    measured = measure(tmp_path, "built-in")
    assert measured["accuracy"] > 0.85
    assert measured["accuracy"] > measured["accuracy_best_constant_classifier"] + 0.08
    assert measured["auc"] > 0.9


@pytest.mark.real_data
@pytest.mark.parametrize("training", ["built-in", "script"])
def test_model_of_real_data_is_good_enough(real_data, measure, training):
    measured = measure(real_data / "census", training)
    assert measured["accuracy"] >= 0.865
    assert measured["auc"] >= 0.925
    assert measured["accuracy_best_constant_classifier"] < 0.77
