"""tickit-monitor: compares the inputs of tickit's models with their training data."""

from pipeline_code.workflow import MetricNamespace, Pipeline

NAMESPACE = MetricNamespace("Redline")


def pipeline() -> Pipeline:
    """Inputs of a window + baseline of the approved model → violations → metrics."""
    p = Pipeline(__file__, image="sklearn")
    processing = p.instance("Processing", "ml.m5.large")
    hours = p.parameter("WindowHours", 24)
    end = p.parameter("WindowEnd", "now")  # or an ISO time: the window may be in the past
    min_rows = p.parameter("MinRows", 100)  # with fewer rows, their distribution is not significant
    # Months differ: December has four times as many rows on holidays as the year.
    limits = {
        "MAX_UNSEEN_SHARE": p.parameter("MaxUnseenShare", 0.01).to_string(),
        "MAX_CHANGED_SHARE": p.parameter("MaxChangedShare", 0.05).to_string(),
        "FALSE_ALARM_RATE": p.parameter("FalseAlarmRate", 0.01).to_string(),
    }

    latest = p.latest_model("LatestModel", required=False)
    collect = p.processing(
        "Collect",
        "collect.py",
        processing,
        outputs=["rows", "baseline", "collection"],
        environment={
            "MODEL_PACKAGE_GROUP": p.model_package_group,
            "CAPTURED_URI": p.lake("captured", "tickit"),
            "BATCHES_URI": p.lake("runs", "tickit-batch"),
            "WINDOW_HOURS": hours.to_string(),
            "WINDOW_END": end,
        },
        network=True,  # it lists the inputs in S3: a missing input would fail the job
    )
    check = p.data_check("Check", collect["rows"], collect["baseline"], processing)
    report = p.processing(
        "Report",
        "report.py",
        processing,
        inputs={
            "check": check["check"],
            "baseline": collect["baseline"],
            "collection": collect["collection"],
        },
        outputs=["report"],
        # The group has the name of the pipeline whose models are monitored.
        environment={
            "METRIC_NAMESPACE": NAMESPACE,
            "PIPELINE": p.model_package_group,
            **limits,
        },
        network=True,
    )
    report["report"].report("drift.json")
    # With fewer rows the run succeeds and puts no metric.
    rows = collect["collection"].metric("rows", report="Collection")
    has_rows = p.gate("HasRows", rows >= min_rows, accept=[check, report])
    # Without an approved model there is no baseline: the run succeeds as well.
    p.gate("HasModel", latest.found, accept=[collect, has_rows])
    return p
