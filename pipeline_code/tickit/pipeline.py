"""tickit: predicts the number of tickets sold per venue, category and day."""

from typing import Literal

from pipeline_code.workflow import Input, Pipeline, redshift


def pipeline(
    *,
    extraction: Literal["dataset", "unload", "long_unload"] = "dataset",
    baseline: Literal["model_monitor", "none"] = "model_monitor",
) -> Pipeline:
    """Warehouse → train and test rows → contract → model → evaluation → gate → model and registry.

    The rows are unloaded by the processing job (`dataset`), by a function that accepts query
    parameters (`unload`), or by a function that a queue invokes, for long queries (`long_unload`).
    """
    p = Pipeline(__file__, image="sklearn")
    processing = p.instances("Processing", "ml.m5.large")
    training = p.instances("Training", "ml.m5.large")
    max_error_ratio = p.parameter("MaxErrorRatio", 0.9)

    described = ["baseline"] if baseline == "model_monitor" else []
    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": _rows(p, extraction)},
        outputs=["train", "test", *described, "profile", "report"],
    )
    data = p.data_contract("CheckData", "contract.py", preprocess["profile"], processing.one())
    train = p.training(
        "Train", "train.py", training, channels={"train": preprocess["train"]}, cache_days=30
    )
    inputs = None
    if described:
        rows = preprocess["baseline"]
        inputs = p.data_baseline("Baseline", rows, processing.one(), cache_days=30)
    evaluation = p.evaluation(
        "Evaluate",
        "evaluate.py",
        train.model,
        processing,
        inputs={"test": preprocess["test"]},
    )

    # At most the limit, and not worse than the approved model on the same rows.
    error_ratio = evaluation.metric("regression_metrics.rmse_ratio.value")
    create = p.create_model("CreateModel", train.model)
    register = p.register(
        "RegisterModel",
        train.model,
        evaluation.report,
        inference=p.instance("Inference", "ml.m5.large"),
        data_quality=inputs,
        properties=data.properties,
    )
    reject = p.fail(
        "RejectModel",
        "The model is not good enough: its error divided by the error of guessing the mean is {}, "
        "allowed is at most {} (parameter MaxErrorRatio); the RMSE of the approved model less its "
        "RMSE is {}, allowed is at least 0. No model was registered.",
        error_ratio,
        max_error_ratio,
        evaluation.difference,
    )
    conditions = [error_ratio <= max_error_ratio, evaluation.not_worse]
    check = p.gate("CheckError", conditions, accept=[create, register], reject=reject)
    steps = [train, *([inputs] if inputs else []), evaluation, check]
    p.gate("HasValidData", data.allowed, accept=steps, reject=data.reject)
    return p


def _rows(p: Pipeline, extraction: str) -> Input:
    if extraction == "dataset":
        return redshift("query.sql")
    first = p.parameter("FirstDay", "1900-01-01")  # all days
    last = p.parameter("LastDay", "2999-12-31")
    values, long = {"first_day": first, "last_day": last}, extraction == "long_unload"
    return p.extract("Extract", "query_of_period.sql", values=values, long=long)
