"""The definition of `shaped`: its jobs and its model run in the image of its Dockerfile."""

from pipeline_code.workflow import Pipeline, sharded


def pipeline() -> Pipeline:
    """Lake → train and test rows → model → evaluation → gate → predictions, registry."""
    p = Pipeline(__file__, image="Dockerfile")
    processing = p.instances("Processing", "ml.m5.large")
    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": sharded(p.lake("incoming", p.name, "rows.csv"))},
        outputs=["train", "test", "profile"],
    )
    instance = p.instance("Training", "ml.m5.large")
    train = p.training("Train", "train.py", instance, channels={"train": preprocess["train"]})
    evaluation = p.evaluation(
        "Evaluate", "evaluate.py", train.model, processing, inputs={"test": preprocess["test"]}
    )
    ratio = evaluation.metric("regression_metrics.rmse_ratio.value")
    limit = p.parameter("MaxErrorRatio", 0.9)
    create = p.create_model("CreateModel", train.model)
    requests = p.lake("incoming", p.name, "requests/")
    predict = p.transform("Predict", create, requests, processing.one())
    register = p.register(
        "RegisterModel",
        train.model,
        evaluation.report,
        content_types=["text/csv"],
        inference=p.instance("Inference", "ml.m5.large"),
    )
    reject = p.fail("RejectModel", "The error ratio is {}, allowed is {}.", ratio, limit)
    p.gate(
        "CheckError",
        [ratio <= limit, evaluation.not_worse],
        accept=[create, predict, register],
        reject=reject,
    )
    return p
