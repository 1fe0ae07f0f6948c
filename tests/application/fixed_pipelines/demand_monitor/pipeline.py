"""The definition of `demand-monitor`: inputs of models → violations → metrics."""

from pipeline_code.workflow import MetricNamespace, Pipeline


def pipeline() -> Pipeline:
    """Captured requests + baseline of the approved model → violations → metrics."""
    p = Pipeline(__file__, image="sklearn")
    processing = p.instance("Processing", "ml.m5.large")
    latest = p.latest_model("LatestModel", required=False)
    collect = p.processing(
        "Collect",
        "collect.py",
        processing,
        outputs=["rows", "baseline", "collection"],
        environment={
            "MODEL_PACKAGE_GROUP": p.model_package_group,
            "CAPTURED_URI": p.lake("captured", "demand"),
            "BATCHES_URI": p.lake("runs", "demand-batch"),
        },
        network=True,
    )
    check = p.data_check("Check", collect["rows"], collect["baseline"], processing)
    report = p.processing(
        "Report",
        "report.py",
        processing,
        inputs={"check": check["check"]},
        outputs=["report"],
        environment={
            "METRIC_NAMESPACE": MetricNamespace("Redline"),
            "PIPELINE": p.model_package_group,
        },
        network=True,
    )
    has_rows = p.gate("HasRows", collect["collection"].metric("rows") >= 1, accept=[check, report])
    p.gate("HasModel", latest.found, accept=[collect, has_rows])
    return p
