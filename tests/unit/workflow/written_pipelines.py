"""Small pipelines that use the workflow, printed as JSON in an offline process.

Each function returns a pipeline, or raises an error that the test expects.
"""

import json
import sys
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.processing import Processor, ScriptProcessor
from sagemaker.core.shapes import ProcessingInput, ProcessingS3Input
from sagemaker.core.workflow.conditions import ConditionIn, ConditionOr
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaStep
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import ProcessingStep, Step, StepTypeEnum

from pipeline_code.compiler.manifest import Place
from pipeline_code.workflow import (
    Access,
    EmrApplication,
    EmrCluster,
    Environment,
    Incremental,
    Instances,
    MetricNamespace,
    Pipeline,
    athena,
    aws_image,
    integer,
)
from pipeline_code.workflow.pipeline_builder import offline_session

ONE = Instances("ml.m5.large")
ROLE = "arn:aws:iam::123456789012:role/anything"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:tell"


def new(**settings):
    """Create a pipeline in the folder `written`, with its scripts."""
    return Pipeline(
        Path(__file__).parent / "written" / "pipeline.py", **{"image": "sklearn", **settings}
    )


def measured(p, name="Evaluate"):
    return p.processing(name, "evaluate.py", ONE, outputs=["evaluation"], kept=True)


def parameters_of_every_type():
    p = new()
    values = [
        p.parameter("Text", "a", enum_values=["a", "b"]),
        p.parameter("Whole", 2),
        p.parameter("Share", 0.5),
        p.parameter("Yes", True),
        p.parameter("No", False),
    ]
    p.fail("Stop", "{} {} {} {} {}", *values)
    return p


def the_same_parameter_twice():
    p = new()
    p.fail("Stop", "{}{}", p.parameter("A", 1), p.parameter("A", 1))
    return p


def another_parameter_of_a_name():
    p = new()
    p.parameter("A", 1)
    p.parameter("A", 2)


def every_comparison():
    p = new()
    metric, limit = measured(p)["evaluation"].metric("a.b"), p.parameter("Limit", 0.5)
    conditions = [metric <= limit, metric < 1, metric >= limit, metric > 0, metric == limit]
    conditions += [metric >= 0.1, ConditionOr([ConditionIn(metric, [1, 2]), metric < 3])]
    p.gate("Gate", conditions, accept=[], reject=p.fail("Reject", "{} is too much", metric))
    return p


def a_comparison_as_a_truth():
    metric = measured(new())["evaluation"].metric("a")
    if metric <= 1:
        raise AssertionError("it is taken for true")


def a_metric_in_a_list():
    metric = measured(new())["evaluation"].metric("a")
    return metric in ["a"]


def two_files_of_one_output():
    p = new()
    output = measured(p)["evaluation"]
    other = output.metric("x", file="other.json")
    p.gate("Gate", [output.metric("a") > 0, output.metric("b") > 0, other > 0], accept=[])
    return p


def nested_gates():
    p = new()
    metric = measured(p)["evaluation"].metric("a")
    inner = p.gate("Inner", metric > 1, accept=p.create_model("Host", trained(p)))
    p.gate("Outer", metric > 0, accept=inner, reject=[p.fail("Low", "low"), p.fail("Bad", "bad")])
    return p


def trained(p):
    return p.training(
        "Train", "train.py", ONE, channels={"train": p.lake("incoming", p.name)}
    ).model


def searches():
    p = new()
    rows = p.lake("incoming", p.name, "rows", "")
    p.tuning(
        "Tune",
        ONE,
        image="xgboost",
        channels={"train": rows, "validation": rows},
        ranges=[integer("max_depth", 1, 4)],
        objective="validation:rmse",
        goal="Minimize",
        jobs=4,
        strategy="Hyperband",
        epochs=(2, 8),
    )
    search = p.automl("Search", rows=rows, target="y", problem_type="Regression", objective="MSE")
    p.processing(
        "Measure", "evaluate.py", ONE, inputs={"model": search.model, "report": search.report}
    )
    return p


def a_search_with_half_a_problem():
    p = new()
    p.automl("Search", rows=p.lake("incoming", p.name), target="y", objective="MSE")


def one_step_in_two_gates():
    p = new()
    metric, stop = measured(p)["evaluation"].metric("a"), p.fail("Stop", "no")
    p.gate("First", metric > 0, accept=[], reject=stop)
    p.gate("Second", metric > 0, accept=[], reject=stop)


def dependencies():
    p = new()
    first = p.processing("First", "preprocess.py", ONE)
    extracted = p.extract("Extract", "query.sql", depends_on=[first])
    latest = p.latest_model("Latest", depends_on=[extracted])
    model = p.create_model("Model", latest, depends_on=[latest])
    data = p.lake("incoming", p.name)
    p.training("Train", "train.py", ONE, channels={"train": data}, depends_on=["First", model])
    p.transform("Transform", model, data, ONE, depends_on=[first])
    p.load_predictions(
        "Load", data, rows="1", model=latest, table="t", columns=["a"], depends_on=[first]
    )
    p.data_baseline("Describe", data, ONE, depends_on=[first])
    p.data_check("Check", data, data, ONE, depends_on=[first])
    p.data_contract("Contract", "preprocess.py", data, ONE, depends_on=[first])
    wait = p.callback("Wait", Environment("Queue"), {}, outputs=["a"], depends_on=[first])
    p.invoke("Tell", Environment("Tell"), {"a": wait["a"]}, depends_on=[wait])
    metric = measured(p)["evaluation"].metric("a")
    p.gate("Gate", metric > 0, accept=[], depends_on=[StepDependency(first, TriggerCondition.ANY)])
    p.fail("Stop", "no", depends_on=[first])
    p.processing("Last", "preprocess.py", ONE, depends_on=["Gate"])
    return p


def what_a_job_is_given():
    p = new()
    environment = {
        "GROUP": p.model_package_group,
        "CAPTURED": p.lake("captured", "another"),
        "POINTER": p.lake("kept", p.name, "latest.json", writable=True),
        "METRICS": MetricNamespace("Ours"),
        "PLAIN": Environment("Anything"),
    }
    p.processing("Look", "evaluate.py", ONE, environment=environment, image=Environment("OwnImage"))
    return p


def several_queries():
    p = new()
    p.extract("One", "query.sql")
    p.extract("Two", "query_of_sizes.sql")
    p.extract("Again", "query.sql")
    quality = measured(p)["evaluation"]
    p.register("Register", trained(p), model_quality=quality, content_types=["a/b"], inference=ONE)
    return p


def days_of_two_extractions():
    p = new()
    for name in ("One", "Two"):
        p.extract(name, "query.sql", incremental=Incremental(day="day"), rows_required=False)
    return p


def days_with_partitions():
    new().extract("One", "query.sql", incremental=Incremental(day="day"), partition_by="day")


def too_many_late_days():
    Incremental(day="day", late_days=-1)


def an_unknown_image():
    new(image="tensorflow").processing("Run", "train.py", ONE)


def images_and_gpus():
    gpu = "ml.g5.xlarge"
    p = new(image=aws_image("pytorch", "2.10.0", instance_type=gpu))
    own = Environment("TrainerImageUri")
    trained = p.training("Train", "train.py", p.instances("Training", gpu), channels={})
    p.processing("Evaluate", "evaluate.py", ONE, image=own)
    p.transform("Predict", p.create_model("Create", trained.model), p.lake("incoming"), ONE)
    return p


def an_unknown_version_of_an_image():
    aws_image("pytorch", "9.9")


def an_unknown_framework():
    aws_image("torch", "2.10.0")


def a_dockerfile_without_its_image():
    p = in_folder_with("Dockerfile", image="sklearn")
    p.processing("Run", "run.py", ONE)
    return p.manifest


def requirements_for_another_image():
    in_folder_with("requirements.txt", image=Environment("TrainerImageUri")).processing(
        "Run", "run.py", ONE
    )


def requirements_that_no_step_uses():
    p = in_folder_with("requirements.txt", image="sklearn")
    p.processing("Run", "run.py", ONE, image="xgboost")
    return p.manifest


def a_dockerfile_with_its_packages():
    p = in_folder_with("Dockerfile", "requirements.txt", image="Dockerfile")
    p.processing("Run", "run.py", ONE)
    return p


def the_image_of_no_dockerfile():
    in_folder_with("other.txt", image="Dockerfile").processing("Run", "run.py", ONE)


def in_folder_with(*files, image):
    """Create a pipeline in a folder with the script run.py and other files."""
    folder = Path(mkdtemp())
    for name in ("run.py", *files):
        (folder / name).touch()
    return Pipeline(folder / "pipeline.py", image=image)


def no_image():
    new(image=None).processing("Run", "train.py", ONE)


def an_unknown_script():
    new().processing("Run", "tran.py", ONE)


def an_unknown_area():
    new().lake("lost", "written")


def an_unknown_output():
    measured(new())["train"]


def a_message_with_too_few_values():
    new().fail("Stop", "{} and {}", 1)


def function(name="Tell", **settings):
    return LambdaStep(
        name,
        lambda_func=Lambda(function_arn=FUNCTION, session=offline_session()),
        outputs=[LambdaOutput("a")],
        **settings,
    )


def a_function_of_the_sdk():
    p = new()
    first = measured(p)
    tell = p.add(function(inputs={"uri": first["evaluation"]}, depends_on=[first]), functions=["F"])
    p.fail("Stop", "{}", tell.properties.Outputs["a"])
    return p


def offline_pipeline_session():
    config = {
        "SchemaVersion": "1.0",
        "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
    }
    return PipelineSession(sagemaker_config=config, default_bucket="lake")


def a_job_of_the_sdk(role="Processing"):
    p = new()
    first = measured(p)
    processor = Processor(
        role=ROLE,
        image_uri="image",
        instance_type="ml.m5.large",
        instance_count=1,
        sagemaker_session=offline_pipeline_session(),
    )
    source = ProcessingS3Input(
        s3_uri=first["evaluation"],
        local_path="/opt/ml/processing/input/a",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    request = processor.run(inputs=[ProcessingInput(input_name="a", s3_input=source)])
    written = Access(writes=(Place("runs", p.name),))
    p.add(ProcessingStep("Job", step_args=request), role=role, job=written)
    return p


def a_job_without_a_role():
    return a_job_of_the_sdk(role=None)


def a_condition_of_the_sdk():
    p = new()
    metric = measured(p)["evaluation"].metric("a")
    stop = p.fail("Stop", "no")
    p.add(ConditionStep("Gate", conditions=[metric > 0], if_steps=[stop]))
    return p


def a_branch_that_was_not_added():
    p = new()
    p.add(ConditionStep("Gate", conditions=[], if_steps=[function()]))


def a_step_that_needs_a_session():
    """The SDK uploads the code of the step when its arguments are read."""
    p = new()
    processor = ScriptProcessor(
        role=ROLE,
        image_uri="image",
        command=["python3"],
        instance_type="ml.m5.large",
        instance_count=1,
        sagemaker_session=offline_pipeline_session(),
    )
    request = processor.run(code=__file__)
    p.add(ProcessingStep("Uploads", step_args=request), role="Processing")


def cluster():
    return EMRStep(
        "Cluster",
        display_name="c",
        description="c",
        cluster_id="j-1",
        step_config=EMRStepConfig(jar="s3://lake/code.jar"),
    )


def serverless():
    job = {"sparkSubmit": {"entryPoint": "s3://lake/code.py"}}
    config = EMRServerlessJobConfig(job_driver=job, execution_role_arn=ROLE)
    return EMRServerlessStep("Crunch", "c", "c", config, application_id="00f1")


class Deploys(Step):
    """A step of a type that has no file in workflow/steps."""

    def __init__(self):
        super().__init__("Deploy", step_type=StepTypeEnum.ENDPOINT)

    arguments = {}
    properties = None


def a_type_without_a_kind():
    new().add(Deploys())


def a_type_with_declared_actions():
    p = new()
    p.add(Deploys(), execution=Access(actions=("sagemaker:CreateEndpoint",)))
    return p


def a_job_on_a_cluster():
    p = new()
    p.emr_step("Join", ["spark-submit", "s3://lake/join.py"])
    p.add(cluster())
    return p


def a_job_on_a_new_cluster():
    p = new()
    script = p.lake("incoming", p.name, "join.py")
    rows = p.lake("incoming", p.name, "rows")
    cores = p.parameter("Cores", 2)
    job = p.emr_step(
        "Join",
        ["spark-submit", script, "--rows", rows],
        outputs=["joined"],
        cluster=EmrCluster(core_count=cores, spark={"spark.sql.shuffle.partitions": "8"}),
    )
    p.processing("Read", "preprocess.py", ONE, inputs={"rows": job["joined"]})
    return p


def jobs_of_emr_serverless():
    p = new()
    script, helper = (p.lake("incoming", p.name, each) for each in ("join.py", "helper.py"))
    rows = p.lake("incoming", p.name, "rows")
    job = p.emr_serverless_step(
        "Join",
        script,
        ["--rows", rows],
        outputs=["joined"],
        options=["--py-files", helper],
        spark={"spark.executor.cores": "2"},
        minutes=30,
    )
    p.emr_serverless_step("Count", script, [job["joined"]], application=EmrApplication())
    p.add(serverless(), role="EmrServerless")
    return p


def a_serverless_job_without_a_role():
    new().add(serverless())


def spark_script():
    p = new()
    p.spark_step(
        "Join",
        "preprocess.py",
        Instances("ml.m5.xlarge", 3),
        inputs={"data": athena("query.sql")},
        outputs=["rows"],
        jars=p.lake("incoming", p.name, "jars"),
        configuration=p.lake("incoming", p.name, "configuration.json"),
        event_logs=True,
    )
    return p


def spark_program():
    p = new()
    jars = p.lake("incoming", p.name, "jars")
    p.spark_jar("Count", "count.jar", "org.example.Count", ONE, jars=jars, arguments=["--all"])
    return p


def spark_program_elsewhere():
    p = new()
    p.spark_jar("Count", "jars/count.jar", "Count", ONE, jars=p.lake("incoming", p.name, "jars"))


def spark_shares_of_two_inputs():
    p = new()
    data = p.lake("incoming", p.name)
    p.spark_shares("Prepare", "preprocess.py", ONE, inputs={"a": data, "b": data})


def spark_input_of_the_step():
    p = new()
    p.spark_step("Join", "preprocess.py", ONE, inputs={"code": p.lake("incoming", p.name)})


def ingests(**changes):
    p = new()
    rows = p.processing("Prepare", "preprocess.py", ONE, outputs=["train"])["train"]
    given = {"group": "visits", "rows": rows, "instances": Instances("ml.m5.large", 3)}
    p.ingest("Ingest", **(given | changes))
    return p


def rows_for_a_group():
    return ingests(concurrency=4)


def rows_for_a_group_by_spark():
    return ingests(engine="spark", flow=True)


def rows_for_a_group_by_an_unknown_engine():
    return ingests(engine="hosts")


def rows_for_a_group_without_a_declaration():
    return ingests(group="pages")


def rows_for_a_group_without_an_online_store():
    return ingests(group="archived")


def rows_for_a_group_whose_records_expire():
    return ingests(group="expiring")


def rows_for_a_group_with_too_many_threads():
    return ingests(concurrency=257)


def rows_prepared_by_the_flow_of_a_model():
    p = new()
    rows = p.processing("Prepare", "preprocess.py", ONE, outputs=["train"])["train"]
    model = p.training("Train", "train.py", ONE, channels={"train": rows}).model
    p.ingest("Ingest", "visits", rows, ONE, flow=True, model=model)
    return p


def rows_prepared_by_a_flow_that_is_not_declared():
    with patch("pipeline_code.workflow.steps.ingest.FEATURES", "flow.py"):
        return ingests(flow=True)


def rows_for_a_group_with_a_model_and_no_flow():
    return ingests(model=new().lake("incoming", "written"))


def rows_of_athena():
    p = new()
    p.processing("Read", "preprocess.py", ONE, inputs={"data": athena("query.sql")})
    return p


def answer(make):
    try:
        made = make()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    if not isinstance(made, Pipeline):
        return {"error": f"nothing was raised: {made!r}"}
    return {"body": made.body, "manifest": made.manifest.to_document()}


if __name__ == "__main__":
    names = [name for name in sys.argv[1:]]
    json.dump({name: answer(globals()[name]) for name in names}, sys.stdout)
