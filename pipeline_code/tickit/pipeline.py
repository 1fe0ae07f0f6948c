"""tickit: predicts the number of tickets sold per venue, category and day."""

from typing import Any, Literal

from pipeline_code.workflow import Incremental, Input, ModelCard, Pipeline, athena, redshift

Extraction = Literal["dataset", "unload", "long_unload", "incremental", "feature_store"]
# Whether the train rows are analysed and compared with the test rows.
Analysis = Literal["none", "rows"]


def pipeline(
    *,
    extraction: Extraction = "dataset",
    baseline: Literal["model_monitor", "none"] = "model_monitor",
    unchanged: Literal["train", "skip"] = "train",
    analysis: Analysis = "none",
) -> Pipeline:
    """Warehouse → train and test rows → contract → model → evaluation → gate → model and registry.

    The rows are unloaded by the processing job (`dataset`), by a function that accepts query
    parameters (`unload`), or by a function that a queue invokes, for long queries (`long_unload`).
    With `incremental`, a function unloads each day once.
    With `feature_store`, they are those of the feature groups of tickit-features.
    With `unchanged="skip"`, a run whose rows, query and code are those of the latest version ends
    before the extraction.
    """
    p = Pipeline(__file__, image="sklearn")
    processing = p.instances("Processing", "ml.m5.large")
    training = p.instances("Training", "ml.m5.large")
    max_error_ratio = p.parameter("MaxErrorRatio", 0.9)

    query, values = _query(p, extraction)
    days = _days(p, extraction)
    _check(extraction, unchanged)
    new = None
    if unchanged == "skip":
        new = p.new_data("CompareData", query, values=values, incremental=days)
    unloaded = None
    if extraction in ("unload", "long_unload", "incremental"):
        unloaded = p.extract(
            "Extract",
            query,
            values=values,
            # A day has about 22 rows, which fit into one file.
            parallel=days is None,
            long=extraction == "long_unload",
            new=new,
            incremental=days,
        )
    read: Input = athena(query) if extraction == "feature_store" else redshift(query)
    described = ["baseline"] if baseline == "model_monitor" else []
    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": unloaded or read},
        outputs=["train", "test", *described, "profile", "report"],
        # The outputs expire after the days that the environment sets.
        cache_days=1 if new else None,
    )
    data = p.data_contract("CheckData", "contract.py", preprocess["profile"], processing.one())
    analysed = []
    if analysis == "rows":
        sides = {"data": preprocess["train"], "compared": preprocess["test"]}
        analysed = [p.analysis("AnalyseData", **sides, instances=processing, target="total_sold")]
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
        properties=data.properties | (new.properties if new else {}),
        card=ModelCard(
            purpose="Predicts the tickets sold per venue, category and day.",
            intended_uses="Plan the sales of the next months. Not for single events or persons.",
            caveats="Valid for the venues of the training rows, for a year after them.",
            metrics={
                "rmse_ratio": error_ratio,
            },
            details={"data_sha256": data.digest},
        ),
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
    steps = [train, inputs, evaluation, check]
    valid = p.gate("HasValidData", data.allowed, accept=steps, reject=data.reject)
    if new:
        steps = [unloaded, preprocess, *analysed, data, valid]
        p.gate("HasNewData", new.found, accept=steps)
    return p


def _check(extraction: Extraction, unchanged: str) -> None:
    if extraction == "feature_store" and unchanged == "skip":
        raise ValueError(
            "options unchanged='skip' and extraction='feature_store': the rows that are compared "
            "are those of the warehouse; allowed with unchanged='skip' are dataset, unload, "
            "long_unload and incremental"
        )


def _query(p: Pipeline, extraction: Extraction) -> tuple[str, dict[str, Any]]:
    if extraction in ("dataset", "incremental"):
        return "query.sql", {}
    if extraction == "feature_store":
        return "query_of_store.sql", {}
    first, last = _period(p)
    return "query_of_period.sql", {"first_day": first, "last_day": last}


def _days(p: Pipeline, extraction: Extraction) -> Incremental | None:
    if extraction != "incremental":
        return None
    first, last = _period(p)
    return Incremental(day="caldate", late_days=3, first_day=first, last_day=last)


def _period(p: Pipeline) -> tuple[Any, Any]:
    """Return the first and the last day of the rows; by default, all days."""
    return p.parameter("FirstDay", "1900-01-01"), p.parameter("LastDay", "2999-12-31")
