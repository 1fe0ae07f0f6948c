"""insurance: cleans the insurance data, raw → clean → latest."""

from pipeline_code.workflow import Pipeline, sharded


def pipeline() -> Pipeline:
    """Raw files of one date → clean set of this execution → pointer to the latest clean set."""
    p = Pipeline(__file__, image="sklearn", tags={"DATASET": "InsCOIL", "SOURCE": "UCI"})
    instances = p.instances("Processing", "ml.t3.medium")
    date = p.parameter("DatasetDate", "2000-01-01")
    max_refused_share = p.parameter("MaxRefusedShare", 0.0)
    labels = p.parameter("Labels", True)

    etl = p.processing(
        "etl",
        "etl.py",
        instances,
        # The empty part adds a slash to the URI: a prefix without slash also matches raw-old/.
        inputs={"raw": sharded(p.lake("incoming", p.name, date, "raw", ""))},
        outputs=["clean", "refused", "report"],
        kept=True,  # the pointer refers to the output until a newer set exists
        environment={"DATASET_DATE": date, "LABELS": labels.to_string()},
    )
    # A separate step, because SageMaker uploads a job's outputs only after the job has ended.
    p.processing(
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
    return p
