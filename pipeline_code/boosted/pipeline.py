"""boosted: predicts `value` from `size` and `kind` with LightGBM, a package of requirements.txt."""

from pipeline_code.workflow import Pipeline, sharded


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
    evaluate = p.processing(
        "Evaluate",
        "evaluate.py",
        processing.one(),  # one instance: the metrics need all test rows
        inputs={"model": train.model, "test": preprocess["test"]},
        outputs=["evaluation"],
        kept=True,  # a registered model refers to the output
        cache_days=30,
    )

    error_ratio = evaluate["evaluation"].metric("regression_metrics.rmse_ratio.value")
    create = p.create_model("CreateModel", train.model)
    predict = p.transform("Predict", create, p.lake(requests), processing.one())
    register = p.register(
        "RegisterModel",
        train.model,
        evaluate["evaluation"],
        content_types=["text/csv"],
        inference=p.instance("Inference", "ml.m5.large"),
        properties=data.properties,
    )
    reject = p.fail(
        "RejectModel",
        "The model is not good enough: its error divided by the error of guessing the mean is {}, "
        "allowed is at most {} (parameter MaxErrorRatio). No model was registered.",
        error_ratio,
        max_error_ratio,
    )
    check = p.gate(
        "CheckError",
        error_ratio <= max_error_ratio,
        accept=[create, predict, register],
        reject=reject,
    )
    # No model is trained on data that do not meet the contract.
    p.gate("HasValidData", data.allowed, accept=[train, evaluate, check], reject=data.reject)
    return p
