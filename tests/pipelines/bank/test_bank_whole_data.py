"""The model's quality on the complete generated file and the published file."""

import pytest

from pipeline_code.bank.sample_data.__main__ import FILE
from tests.pipelines.bank.conftest import as_unloaded

pytestmark = pytest.mark.slow


@pytest.fixture
def auc(preprocess, train, evaluate, report):
    """Return a function that runs the steps over the rows of a file and returns the test AUC."""

    def run(path, columns):
        preprocessing, _ = preprocess(hosts=2, rows=as_unloaded(path), columns=columns)
        training, _ = train(preprocessing, columns=columns)
        evaluation, codes = evaluate(training, preprocessing)
        assert codes == [0], evaluation.output
        return report(evaluation)["binary_classification_metrics"]["auc"]["value"]

    return run


def test_model_of_generated_calls_passes_the_gate(generated, auc):
    assert auc(generated, "campaign") > 0.77


@pytest.mark.real_data
@pytest.mark.parametrize(("columns", "least"), [("campaign", 0.77), ("macro", 0.79)])
def test_model_of_published_calls_is_good_enough(real_data, auc, columns, least):
    assert auc(real_data / "bank" / FILE, columns) >= least
