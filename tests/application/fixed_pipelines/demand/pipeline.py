"""The definition of `demand`: every kind of step that leads to a registered model."""

from typing import Literal

from pipeline_code.workflow import Pipeline, redshift

# The rows are unloaded by the processing job, or by a function before it.
Extraction = Literal["dataset", "unload"]
# Whether runs also create a SageMaker model. A registered model can be served without it.
Hosting = Literal["created", "registered"]
# What a run does if its rows are those of the latest version.
Unchanged = Literal["train", "skip"]


def pipeline(
    *,
    extraction: Extraction = "dataset",
    model: Hosting = "created",
    unchanged: Unchanged = "train",
) -> Pipeline:
    """Warehouse → rows → model → evaluation → gate → model and registry."""
    p = Pipeline(__file__, image="sklearn")
    processing = p.instances("Processing", "ml.m5.large")
    max_error_ratio = p.parameter("MaxErrorRatio", 0.9)

    new = p.new_data("CompareData", "query.sql") if unchanged == "skip" else None
    dataset = extraction == "dataset"
    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": redshift("query.sql") if dataset else p.extract("Extract", "query.sql")},
        outputs=["train", "test", "baseline"],
    )
    train = p.training(
        "Train",
        "train.py",
        p.instances("Training", "ml.m5.large"),
        channels={"train": preprocess["train"]},
    )
    baseline = p.data_baseline("Baseline", preprocess["baseline"], processing.one())
    evaluate = p.processing(
        "Evaluate",
        "evaluate.py",
        processing.one(),
        inputs={"model": train.model, "test": preprocess["test"]},
        outputs=["evaluation"],
        kept=True,
        environment={"MODEL_PACKAGE_GROUP": p.model_package_group},
        network=True,  # for the approved model in the registry
    )

    ratio = evaluate["evaluation"].metric("regression_metrics.rmse_ratio.value")
    create = [p.create_model("CreateModel", train.model)] if model == "created" else []
    register = p.register(
        "RegisterModel",
        train.model,
        model_quality=evaluate["evaluation"],
        data_quality=baseline,
        content_types=["text/csv"],
        inference=p.instance("Inference", "ml.m5.large"),
    )
    reject = p.fail("RejectModel", "The error ratio is {}.", ratio)
    accept = [*create, register]
    check = p.gate("CheckError", ratio <= max_error_ratio, accept=accept, reject=reject)
    if new:
        steps = [preprocess, train, baseline, evaluate, check]
        p.gate("HasNewData", new.found, accept=steps)
    return p
