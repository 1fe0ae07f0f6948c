"""bank: predicts which clients subscribe a term deposit."""

from typing import Literal

from pipeline_code.workflow import ModelCard, Pipeline, sharded

# The model's columns: client and campaign, or client, campaign and the state of the economy.
Columns = Literal["campaign", "macro"]
# Spot instances cost less, and may be interrupted: training then continues from a checkpoint.
Capacity = Literal["on-demand", "spot"]
# Whether the rows of the query are analysed.
Analysis = Literal["none", "rows"]
# Whether versions have the baseline with which a monitoring pipeline compares requests.
Baseline = Literal["none", "model_monitor"]
# What distributes the rows of the preparation: the hosts of the job, or Spark.
Engine = Literal["hosts", "spark"]


def pipeline(
    *,
    columns: Columns = "campaign",
    analysis: Analysis = "none",
    capacity: Capacity = "on-demand",
    baseline: Baseline = "none",
    engine: Engine = "hosts",
) -> Pipeline:
    """Warehouse → files → split rows → contract → model → evaluation → gate → registry."""
    p = Pipeline(__file__, image="xgboost")
    processing = p.instances("Processing", "ml.m5.large")
    training = p.instances("Training", "ml.m5.large")
    min_auc = p.parameter("MinAuc", 0.75)

    extract = p.extract("Extract", "query.sql")
    if analysis == "rows":
        p.analysis("AnalyseData", extract, processing, target="y")
    inputs = ["baseline"] if baseline == "model_monitor" else []
    prepare = p.spark_shares if engine == "spark" else p.processing
    preprocess = prepare(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": extract},
        outputs=["train", "validation", "test", "ranges", *inputs, "profile", "report"],
        environment={"FEATURE_COLUMNS": columns},
    )
    data = p.data_contract("CheckData", "contract.py", preprocess["profile"], processing.one())
    train = p.training(
        "Train",
        "train.py",
        training,
        channels={
            **{side: sharded(preprocess[side]) for side in ("train", "validation")},
            "ranges": preprocess["ranges"],
        },
        hyperparameters={"columns": columns},
        cache_days=30,
        spot=capacity == "spot",
    )
    described = None
    if inputs:
        rows = preprocess["baseline"]
        described = p.data_baseline("Baseline", rows, processing.one(), cache_days=30)
    evaluation = p.evaluation(
        "Evaluate",
        "evaluate.py",
        train.model,
        processing,
        inputs={"test": preprocess["test"]},
    )

    # At least the limit, and not worse than the approved model on the same rows.
    auc = evaluation.metric("binary_classification_metrics.auc.value")
    register = p.register(
        "RegisterModel",
        train.model,
        evaluation.report,
        inference=p.instance("Inference", "ml.m5.large"),
        data_quality=described,
        properties=data.properties,
        card=ModelCard(
            purpose="Predicts which clients of a bank subscribe a term deposit.",
            intended_uses="Order the calls of a campaign. Not to decide on the terms of a client.",
            caveats="Learnt from one bank from 2008 to 2010: the economy has an influence.",
            metrics={
                "auc": auc,
            },
            details={"data_sha256": data.digest},
        ),
    )
    reject = p.fail(
        "RejectModel",
        "The model is not good enough: its AUC is {}, allowed is at least {} (parameter MinAuc); "
        "its AUC less that of the approved model is {}, allowed is at least 0. No model was "
        "registered.",
        auc,
        min_auc,
        evaluation.difference,
    )
    conditions = [auc >= min_auc, evaluation.not_worse]
    check = p.gate("CheckAuc", conditions, accept=register, reject=reject)
    steps = [train, described, evaluation, check]
    p.gate("HasValidData", data.allowed, accept=steps, reject=data.reject)
    return p
