"""bank: predicts which clients subscribe a term deposit."""

from typing import Literal

from pipeline_code.workflow import Pipeline

# The model's columns: client and campaign, or client, campaign and the state of the economy.
Columns = Literal["campaign", "macro"]


def pipeline(*, columns: Columns = "campaign") -> Pipeline:
    """Warehouse → files → split rows → contract → model → evaluation → gate → registry."""
    p = Pipeline(__file__, image="xgboost")
    processing = p.instances("Processing", "ml.m5.large")
    training = p.instance("Training", "ml.m5.large")
    min_auc = p.parameter("MinAuc", 0.75)

    extract = p.extract("Extract", "query.sql")
    preprocess = p.processing(
        "Preprocess",
        "preprocess.py",
        processing,
        inputs={"data": extract},
        outputs=["train", "validation", "test", "ranges", "profile", "report"],
        environment={"FEATURE_COLUMNS": columns},
    )
    data = p.data_contract("CheckData", "contract.py", preprocess["profile"], processing.one())
    train = p.training(
        "Train",
        "train.py",
        training,
        channels={side: preprocess[side] for side in ("train", "validation", "ranges")},
        hyperparameters={"columns": columns},
        cache_days=30,
    )
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
        properties=data.properties,
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
    p.gate("HasValidData", data.allowed, accept=[train, evaluation, check], reject=data.reject)
    return p
