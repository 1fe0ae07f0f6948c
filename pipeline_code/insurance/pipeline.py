"""insurance: cleans the insurance data, and predicts who buys a policy for a mobile home."""

from pipeline_code.workflow import ModelCard, Pipeline, sharded

# The title of the models: names of model package groups contain no spaces.
TAGS = {"DATASET": "InsCOIL", "SOURCE": "UCI", "MODELS": "Insurance Co Example"}


def pipeline() -> Pipeline:
    """Raw files of one date → clean set, pointer to it → contract → model → gate → registry."""
    p = Pipeline(__file__, image="sklearn", tags=TAGS)
    instances = p.instances("Processing", "ml.t3.medium")
    date = p.parameter("DatasetDate", "2000-01-01")
    max_refused_share = p.parameter("MaxRefusedShare", 0.0)
    labels = p.parameter("Labels", True)
    min_confidence = p.parameter("MinConfidence", 0.999)

    # The empty part adds a slash to the URI: a prefix without slash also matches raw-old/.
    raw = p.lake("incoming", p.name, date, "raw", "")
    etl = p.processing(
        "etl",
        "etl.py",
        instances,
        inputs={"raw": sharded(raw)},
        outputs=["clean", "codes", "refused", "report"],
        kept=True,  # the pointer refers to the output until a newer set exists
        environment={"DATASET_DATE": date, "LABELS": labels.to_string()},
    )
    # A separate step, because SageMaker uploads a job's outputs only after the job has ended.
    publish = p.processing(
        "publish",
        "publish.py",
        instances.one(),
        inputs={"report": etl["report"]},
        outputs=["set"],
        environment={
            "POINTER_URI": p.lake("kept", p.name, "latest.json", writable=True),
            "CLEAN_URI": etl["clean"],
            "DATASET_DATE": date,
            "LABELS": labels.to_string(),
            "MAX_REFUSED_SHARE": max_refused_share.to_string(),
            "EXECUTION_ID": p.execution_id,
        },
        network=True,  # the script updates the pointer in S3
    )
    # A model is trained on a set that was published.
    separate = p.processing(
        "separate",
        "separate.py",
        instances.one(),
        inputs={"data": etl["codes"], "raw": raw},
        outputs=["train", "test", "profile", "report"],
        depends_on=[publish],
    )
    data = p.data_contract(
        "checkData", "contract.py", separate["profile"], instances.one(), reject="rejectData"
    )
    train = p.training(
        "train",
        "train.py",
        p.instance("Training", "ml.m5.large"),
        channels={"train": separate["train"]},
        cache_days=30,
    )
    tested = {"test": separate["test"]}
    evaluation = p.evaluation("evaluate", "evaluate.py", train.model, instances, inputs=tested)

    # Better than a random choice, and not worse than the approved model on the same customers.
    confidence = evaluation.metric("binary_classification_metrics.confidence.value")
    register = p.register(
        "registerModel",
        train.model,
        evaluation.report,
        inference=p.instance("Inference", "ml.m5.large"),
        properties=data.properties,
        card=ModelCard(
            purpose="Predicts which customers buy an insurance policy for a mobile home.",
            intended_uses="Select a fifth of the customers for a letter. Not to refuse a policy.",
            caveats="Learnt from Dutch customers of 2000, by data of their postal code.",
            metrics={
                "lift": evaluation.metric("binary_classification_metrics.lift.value"),
                "confidence": confidence,
            },
            details={"data_sha256": data.digest},
        ),
    )
    reject = p.fail(
        "rejectModel",
        "The model is not good enough: it is better than a random choice of customers with the "
        "confidence {}, allowed is at least {} (parameter MinConfidence); its lift less that of "
        "the approved model is {}, allowed is at least 0. No model was registered.",
        confidence,
        min_confidence,
        evaluation.difference,
    )
    conditions = [confidence >= min_confidence, evaluation.not_worse]
    check = p.gate("checkLift", conditions, accept=register, reject=reject)
    p.gate("hasValidData", data.allowed, accept=[train, evaluation, check], reject=data.reject)
    return p
