"""boosted: predicts `value` from `size` and `kind` with LightGBM, a package of requirements.txt."""

from pipeline_code.workflow import ModelCard, Pipeline, sharded


def pipeline() -> Pipeline:
    """Lake → train and test rows → contract → model → evaluation → gate → predictions, registry."""
    p = Pipeline(__file__, image="sklearn")
    processing = p.instances("Processing", "ml.m5.large")
    data = p.parameter("Data", "incoming/boosted/rows.csv")
    requests = p.parameter("Requests", "incoming/boosted/requests/")
    max_error_ratio = p.parameter("MaxErrorRatio", 0.9)

    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": sharded(p.lake(data))},
        outputs=["train", "test", "profile"],
    )
    data = p.data_contract("CheckData", "contract.py", preprocess["profile"], processing.one())
    train = p.training(
        "Train",
        "train.py",
        p.instance("Training", "ml.m5.large"),
        channels={"train": preprocess["train"]},
        cache_days=30,
    )
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
    predict = p.transform("Predict", create, p.lake(requests), processing.one())
    register = p.register(
        "RegisterModel",
        train.model,
        evaluation.report,
        content_types=["text/csv"],
        inference=p.instance("Inference", "ml.m5.large"),
        properties=data.properties,
        card=ModelCard(
            purpose="Predicts a number with LightGBM.",
            intended_uses="An example of a model with a package that no image has.",
            caveats="Learnt from generated rows only.",
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
    check = p.gate("CheckError", conditions, accept=[create, predict, register], reject=reject)
    # No model is trained on data that do not meet the contract.
    p.gate("HasValidData", data.allowed, accept=[train, evaluation, check], reject=data.reject)
    return p
