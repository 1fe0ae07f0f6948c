"""tickit: how many tickets will be sold, per venue, category and day."""

from typing import Literal

from pipeline_code.workflow import Input, Pipeline, redshift

# Who unloads the rows: the processing job itself (dataset), a function before it, whose query
# takes parameters (unload), or the same from a queue, for queries of any length (long_unload).
Extraction = Literal["dataset", "unload", "long_unload"]
# Who describes the inputs that a model is trained on, for its inputs later to be compared with.
Baseline = Literal["model_monitor", "none"]


def pipeline(
    *, extraction: Extraction = "dataset", baseline: Baseline = "model_monitor"
) -> Pipeline:
    """Warehouse → train and test rows → model → evaluation → gate → model and registry."""
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
        outputs=["train", "test", *described, "report"],
    )
    train = p.training(
        "Train", "train.py", training, channels={"train": preprocess["train"]}, cache_days=30
    )
    inputs = None
    if described:
        rows = preprocess["baseline"]
        inputs = p.data_baseline("Baseline", rows, processing.one(), cache_days=30)
    evaluate = p.processing(
        "Evaluate",
        "evaluate.py",
        processing.one(),  # its errors are over all test rows together
        inputs={"model": train.model, "test": preprocess["test"]},
        outputs=["evaluation"],
        kept=True,
        cache_days=30,
    )

    error_ratio = evaluate["evaluation"].metric("regression_metrics.rmse_ratio.value")
    create = p.create_model("CreateModel", train.model)
    register = p.register(
        "RegisterModel",
        train.model,
        model_quality=evaluate["evaluation"],
        data_quality=inputs,
        content_types=["text/csv", "application/jsonlines"],
        inference=p.instance("Inference", "ml.m5.large"),
    )
    reject = p.fail(
        "RejectModel",
        "The model is not good enough: its error divided by the error of guessing the mean is {}, "
        "allowed is at most {} (parameter MaxErrorRatio). No model was registered.",
        error_ratio,
        max_error_ratio,
    )
    p.gate("CheckError", error_ratio <= max_error_ratio, accept=[create, register], reject=reject)
    return p


def _rows(p: Pipeline, extraction: Extraction) -> Input:
    if extraction == "dataset":
        return redshift("query.sql")
    first = p.parameter("FirstDay", "1900-01-01")  # every day there is
    last = p.parameter("LastDay", "2999-12-31")
    values, long = {"first_day": first, "last_day": last}, extraction == "long_unload"
    return p.extract("Extract", "query_of_period.sql", values=values, long=long)
