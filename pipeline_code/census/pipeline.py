"""census: predicts who earns more than 50,000, from census rows."""

from typing import Literal

from pipeline_code.workflow import (
    Files,
    Instances,
    ModelCard,
    Pipeline,
    Uri,
    continuous,
    integer,
    sharded,
)

# Selected by cross-validation on the training and validation rows (README, "Hyperparameters").
HYPERPARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "num_round": "1000",
    "max_depth": "5",
    "eta": "0.1",
    "early_stopping_rounds": "30",
}
# XGBoost's built-in algorithm, or train.py of this folder in the same image. With `tuned`, the
# evaluated model is the best one of a search on the validation rows, and the evaluation reports its
# difference from the model with HYPERPARAMETERS on the test rows.
Training = Literal["built-in", "script", "tuned"]
# Spot instances cost less, and may be interrupted: train.py then continues from a checkpoint. The
# built-in algorithm does that, too. A search of hyperparameters is always on demand.
Capacity = Literal["on-demand", "spot"]
# Whether a model whose bias is larger than that of its labels is rejected.
Bias = Literal["ignored", "checked"]
# Whether the rows of the lake are analysed.
Analysis = Literal["none", "rows"]
# Whether versions have the baseline with which census-monitor compares requests.
Baseline = Literal["none", "model_monitor"]
SIDES = ("train", "validation")
RANGES = [
    integer("max_depth", 3, 9),
    continuous("eta", 0.03, 0.3, scale="Logarithmic"),
    continuous("min_child_weight", 1, 20, scale="Logarithmic"),
    continuous("subsample", 0.6, 1),
    continuous("colsample_bytree", 0.3, 1),
]


def pipeline(
    *,
    training: Training = "built-in",
    bias: Bias = "ignored",
    analysis: Analysis = "none",
    capacity: Capacity = "on-demand",
    baseline: Baseline = "none",
) -> Pipeline:
    """Lake → train, validation and test rows → contract → model → evaluation → gate → registry."""
    p = Pipeline(__file__, image="xgboost")
    processing = p.instances("Processing", "ml.m5.large")
    # Each instance is trained on its share of the files, and preprocess writes one per instance.
    training_instances = p.instances("Training", "ml.m5.large")
    threshold = p.parameter("AccuracyThreshold", 0.8)
    script = training == "script"

    rows = p.lake(p.parameter("InputData", "incoming/census/adult.csv"))
    if analysis == "rows":
        p.analysis("adultAnalyseData", rows, processing, target="income", image="sklearn")
    inputs = ["baseline"] if baseline == "model_monitor" else []
    process = p.processing(
        "adultProcess",
        "preprocess.py",
        processing,
        image="sklearn",
        inputs={"data": sharded(rows)},
        outputs=["train", "validation", "test", "encoder", "ranges", *inputs, "profile", "report"],
    )
    data = p.data_contract(
        "adultCheckData",
        "contract.py",
        process["profile"],
        processing.one(),
        image="sklearn",
        reject="adultRejectData",
    )
    serving: dict[str, Uri | Files] = {name: process[name] for name in ("encoder", "ranges")}
    channels: dict[str, Uri | Files] = {side: sharded(process[side]) for side in SIDES}
    train = p.training(
        "adultTrain",
        "train.py" if script else None,
        training_instances,
        channels=channels | (serving if script else {}),
        content_type=None if script else "text/csv",
        hyperparameters=HYPERPARAMETERS,
        cache_days=30,
        spot=capacity == "spot",
    )
    model, compared, trained = train.model, {}, [train]
    if training == "tuned":
        searched = {each.entry["Name"] for each in RANGES}
        fixed = {name: text for name, text in HYPERPARAMETERS.items() if name not in searched}
        tune = p.tuning(
            "adultTune",
            training_instances.one(),
            channels={side: process[side] for side in SIDES},
            content_type="text/csv",
            hyperparameters=fixed,
            ranges=RANGES,
            objective="validation:logloss",
            goal="Minimize",
            jobs=p.parameter("TuningJobs", 20),
            seed=1,
        )
        model, compared, trained = tune.model, {"default": train.model}, [train, tune]
    if not script:
        # The hosting of the built-in algorithm would take encoded rows.
        package = p.training(
            "adultPackage",
            "package.py",
            training_instances.one(),
            channels={"model": model, **serving},
            cache_days=30,
        )
        model, trained = package.model, [*trained, package]
    evaluation = p.evaluation(
        "adultEval",
        "evaluate.py",
        model,
        processing,
        inputs={"test": process["test"], "encoder": process["encoder"], **compared},
    )
    described = None
    if inputs:
        described = p.data_baseline(
            "adultBaseline", process["baseline"], processing.one(), cache_days=30
        )
    fairness = None
    if bias == "checked":
        fairness = p.model_analysis(
            "adultAnalyse",
            "analyse.py",
            processing.one(),
            model=model,
            rows=process["test"],
            inputs={"encoder": process["encoder"]},
            most_bias_increase=0.01,
            reject="adultRejectBias",
        )

    # At least the threshold, and not worse than the approved model on the same rows.
    accuracy = evaluation.metric("binary_classification_metrics.accuracy.value")
    create = p.create_model("adultCreateModel", model)
    register = p.register(
        "adultRegisterModel",
        model,
        evaluation.report,
        content_types=["text/csv", "application/jsonlines"],
        inference=Instances("ml.m5.large"),
        data_quality=described,
        analysis=fairness,
        properties={
            "training": training,
            **data.properties,
        },
        card=ModelCard(
            purpose="Predicts who earns more than 50,000, from census rows.",
            intended_uses="Estimate the high incomes in a group. Not to decide on a person.",
            caveats="Learnt from the census of 1994, whose incomes differ by sex and race.",
            metrics={
                "accuracy": accuracy,
            },
            details={"data_sha256": data.digest},
        ),
    )
    reject = p.fail(
        "adultReject",
        "The model is not good enough: its accuracy is {}, at least {} is needed (parameter "
        "AccuracyThreshold); that is {} more than the approved model has on the same rows, which "
        "must not be below 0. No model was registered.",
        accuracy,
        threshold,
        evaluation.difference,
    )
    conditions = [accuracy >= threshold, evaluation.not_worse]
    check = p.gate("adultAccCond", conditions, accept=[create, register], reject=reject)
    if fairness:
        check = p.gate("adultBiasCond", fairness.allowed, accept=check, reject=fairness.reject)
    steps = [*trained, evaluation, described, fairness, check]
    p.gate("adultHasValidData", data.allowed, accept=steps, reject=data.reject)
    return p
