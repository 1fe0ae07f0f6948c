"""The definition of `emr`: a Spark job on a running or a new cluster, or on EMR Serverless."""

from typing import Literal

from pipeline_code.workflow import EmrApplication, EmrCluster, Pipeline


def pipeline(*, jobs: Literal["running", "new", "serverless", "all"] = "running") -> Pipeline:
    """`jobs` is where the job of a step runs."""
    p = Pipeline(__file__)
    script = p.lake("incoming", p.name, "count.py")
    rows = p.lake("incoming", p.name, "rows")
    submitted = ["spark-submit", script, "--rows", rows]
    if jobs in ("running", "all"):
        p.emr_step("Running", submitted, outputs=["counts"])
    if jobs in ("new", "all"):
        spark = {"spark.sql.shuffle.partitions": "2"}
        p.emr_step("New", submitted, outputs=["counts"], cluster=EmrCluster(spark=spark))
    if jobs in ("serverless", "all"):
        given = {"arguments": ["--rows", rows], "outputs": ["counts"]}
        p.emr_serverless_step("Serverless", script, **given)
        application = EmrApplication()
        p.emr_serverless_step("NewServerless", script, application=application, **given)
    return p
