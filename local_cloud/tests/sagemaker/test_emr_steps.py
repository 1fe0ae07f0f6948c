"""EMR steps: jobs on running clusters, with the roles of AWS, and clusters that a step creates.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html,
https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html. The slow tests run a real
Spark, which the first of them installs (0.4 GB).
"""

from __future__ import annotations

import gzip
import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.jobs.spark_image import packages
from local_cloud.tests.sagemaker.conftest import wait_until

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
COUNT = """
import sys
import helper
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.option("header", True).csv(sys.argv[1])
totals = rows.groupBy("kind").count().orderBy("kind")
totals.coalesce(1).write.mode("overwrite").option("header", True).csv(sys.argv[2])
rows.write.partitionBy("kind").parquet(sys.argv[2].replace("s3://", "s3a://") + "parts")
print(helper.NAME, spark.conf.get("spark.sql.shuffle.partitions"), rows.count())
"""
# The first job installs PySpark.
INSTALLED = 600


def trusting(cloud, name, service, statements=(ALLOW,)):
    """Create a role that a service may assume; return its ARN."""
    iam = cloud.client("iam")
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    return created["Role"]["Arn"]


@pytest.fixture(scope="module")
def roles(cloud):
    """The members of RunJobFlow with the roles of a cluster, which may do everything."""
    return roles_of(cloud, ALLOW)


def roles_of(cloud, *statements):
    name = f"emr-{uuid4().hex[:8]}"
    service = trusting(cloud, f"{name}-service", "elasticmapreduce.amazonaws.com")
    trusting(cloud, name, "ec2.amazonaws.com", statements)
    iam = cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return {"JobFlowRole": name, "ServiceRole": service}


def request_of(roles, **more):
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    return {
        "Name": "shared",
        "ReleaseLabel": "emr-7.12.0",
        "Applications": [{"Name": "Spark"}],
        "Instances": {"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True},
        **roles,
        **more,
    }


@pytest.fixture
def emr(cloud):
    return cloud.client("emr")


@pytest.fixture
def cluster(emr, roles):
    identifier = emr.run_job_flow(**request_of(roles))["JobFlowId"]
    yield identifier
    emr.terminate_job_flows(JobFlowIds=[identifier])


def job(*arguments, jar="command-runner.jar", **more):
    return {"HadoopJarStep": {"Jar": jar, "Args": list(arguments), **more}}


def arguments_of(workshop, out):
    """Store rows and a script that counts them; return the arguments of spark-submit."""
    workshop.put("in/a.csv", "kind,n\nx,1\ny,2\n")
    workshop.put("in/b.csv", "kind,n\nx,3\n")
    helper = workshop.put("code/helper.py", 'NAME = "the helper"')
    script = workshop.put("code/count.py", COUNT)
    options = ("--master", "yarn", "--deploy-mode", "cluster", "--num-executors", "2")
    files = ("--py-files", helper, script, workshop.uri("in/"), workshop.uri(out))
    return ["spark-submit", *options, "--conf", "spark.sql.shuffle.partitions=3", *files]


def counted(workshop, out):
    (found,) = [key for key in workshop.keys(out) if key.startswith(f"{out}part-")]
    return workshop.text(found)


def reason(outcome, name):
    return outcome.steps[name]["FailureReason"]


@pytest.mark.slow
def test_a_step_runs_on_a_running_cluster_with_files_in_s3(workshop, emr, cluster):
    step = {"ClusterId": cluster, "StepConfig": job(*arguments_of(workshop, "out/"))}
    pipeline = workshop.pipeline([workshop.step("Count", "EMR", step)])
    outcome = workshop.run(pipeline, seconds=INSTALLED)
    assert outcome.status == "Succeeded", outcome.steps
    assert counted(workshop, "out/") == "kind,count\nx,2\ny,1\n"
    assert {key.split("/")[2] for key in workshop.keys("out/parts/")} >= {"kind=x", "kind=y"}
    assert not any("_temporary" in key for key in workshop.keys("out/"))
    metadata = outcome.steps["Count"]["Metadata"]["EMR"]
    described = emr.describe_step(ClusterId=cluster, StepId=metadata["StepId"])["Step"]
    assert described["Status"]["State"] == "COMPLETED"
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] == "WAITING"


@pytest.mark.slow
def test_a_step_creates_a_cluster_and_ends_it(workshop, emr, roles):
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
    cluster = {
        "ReleaseLabel": "emr-7.12.0",
        "Applications": [{"Name": "Spark"}],
        "Instances": {"InstanceGroups": [group]},
        "LogUri": workshop.uri("logs/"),
        "Configurations": [
            {
                "Classification": "spark-defaults",
                "Properties": {"spark.sql.shuffle.partitions": "7"},
            }
        ],
        **roles,
    }
    arguments = [each for each in arguments_of(workshop, "new/") if "spark.sql" not in each]
    arguments.remove("--conf")
    step = {"ClusterConfig": cluster, "StepConfig": job(*arguments)}
    outcome = workshop.run(
        workshop.pipeline([workshop.step("Count", "EMR", step)]), seconds=INSTALLED
    )
    assert outcome.status == "Succeeded", outcome.steps
    assert counted(workshop, "new/") == "kind,count\nx,2\ny,1\n"
    metadata = outcome.steps["Count"]["Metadata"]["EMR"]
    ended = emr.describe_cluster(ClusterId=metadata["ClusterId"])["Cluster"]["Status"]
    assert ended["State"] == "TERMINATED"
    assert ended["StateChangeReason"]["Code"] == "ALL_STEPS_COMPLETED"
    log = f"logs/{metadata['ClusterId']}/steps/{metadata['StepId']}/stdout.gz"
    content = workshop.s3.get_object(Bucket=workshop.bucket, Key=log)["Body"].read()
    assert "the helper 7 3" in gzip.decompress(content).decode()


@pytest.mark.slow
def test_a_job_runs_on_a_new_serverless_application(workshop, cloud):
    name = f"serverless-{uuid4().hex[:8]}"
    role = trusting(cloud, name, "emr-serverless.amazonaws.com")
    _, *options = arguments_of(workshop, "serverless/")
    helper, script, *places = options[-4:]
    logs = {
        "s3MonitoringConfiguration": {"logUri": workshop.uri("logs/")},
        "cloudWatchLoggingConfiguration": {"enabled": True, "logStreamNamePrefix": "counts"},
    }
    config = {
        "executionRoleArn": role,
        "jobDriver": {
            "sparkSubmit": {
                "entryPoint": script,
                "entryPointArguments": places,
                "sparkSubmitParameters": f"--conf spark.executor.cores=2 --py-files {helper}",
            }
        },
        "configurationOverrides": {
            "applicationConfiguration": [
                {
                    "classification": "spark-defaults",
                    "properties": {"spark.sql.shuffle.partitions": "5"},
                }
            ],
            "monitoringConfiguration": logs,
        },
    }
    application = {"name": name, "releaseLabel": "emr-7.12.0", "type": "SPARK"}
    step = {"ExecutionRoleArn": role, "JobConfig": config, "ApplicationConfig": application}
    state = {"Get": "Steps.Count.jobRun.state"}
    check = {
        "Conditions": [{"Type": "Equals", "LeftValue": state, "RightValue": "SUCCESS"}],
        "IfSteps": [],
        "ElseSteps": [workshop.step("Wrong", "Fail", {"ErrorMessage": "state"})],
    }
    steps = [
        workshop.step("Count", "EMRServerless", step),
        workshop.step("Check", "Condition", check),
    ]
    outcome = workshop.run(workshop.pipeline(steps), seconds=INSTALLED)
    assert outcome.status == "Succeeded", outcome.steps
    assert counted(workshop, "serverless/") == "kind,count\nx,2\ny,1\n"
    client = cloud.client("emr-serverless")
    (made,) = [each for each in client.list_applications()["applications"] if each["name"] == name]
    assert made["state"] == "STARTED"
    (log,) = workshop.keys(f"logs/applications/{made['id']}/jobs/")
    metadata = outcome.steps["Count"]["Metadata"]["EMRServerless"]
    assert workshop.uri(log) == f"{metadata['LogFilePath']}stdout.gz"
    assert log.endswith("/SPARK_DRIVER/stdout.gz")
    logged = cloud.client("logs").filter_log_events(logGroupName="/aws/emr-serverless")["events"]
    assert any("the helper 5 3" in each["message"] for each in logged)


@pytest.mark.slow
def test_the_main_class_of_a_jar_runs(workshop, cluster):
    (jar,) = packages().glob("pyspark/jars/parquet-column-*.jar")
    workshop.s3.upload_file(str(jar), workshop.bucket, "jars/app.jar")
    config = job(jar=workshop.uri("jars/app.jar"), MainClass="org.apache.parquet.Version")
    step = {"ClusterId": cluster, "StepConfig": config}
    outcome = workshop.run(
        workshop.pipeline([workshop.step("Show", "EMR", step)]), seconds=INSTALLED
    )
    assert outcome.status == "Succeeded", outcome.steps


@pytest.mark.slow
def test_the_job_reads_and_writes_what_the_role_of_the_cluster_may(workshop, cloud, emr):
    read = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    made = emr.run_job_flow(**request_of(roles_of(cloud, read)))["JobFlowId"]
    step = {"ClusterId": made, "StepConfig": job(*arguments_of(workshop, "denied/"))}
    outcome = workshop.run(
        workshop.pipeline([workshop.step("Count", "EMR", step)]), seconds=INSTALLED
    )
    emr.terminate_job_flows(JobFlowIds=[made])
    assert outcome.status == "Failed"
    assert "is not authorized to perform: s3:PutObject" in reason(outcome, "Count")
    assert workshop.keys("denied/") == []


@pytest.mark.slow
def test_a_stopped_execution_cancels_the_step(workshop, emr, cluster):
    script = workshop.put("code/wait.py", "import time\nprint('waiting')\ntime.sleep(600)\n")
    step = {"ClusterId": cluster, "StepConfig": job("spark-submit", script)}
    arn = workshop.start(workshop.pipeline([workshop.step("Wait", "EMR", step)]))
    workshop.until(
        lambda: emr.list_steps(ClusterId=cluster)["Steps"],
        lambda found: found and found[0]["Status"]["State"] == "RUNNING",
    )
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Stopped"
    (step,) = emr.list_steps(ClusterId=cluster)["Steps"]
    assert step["Status"]["State"] == "CANCELLED"


def run_on(workshop, cluster, config):
    step = {"ClusterId": cluster, "StepConfig": config}
    return workshop.run(workshop.pipeline([workshop.step("Run", "EMR", step)]))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (job("spark-sql", "-e", "SELECT 1"), "command ['spark-sql'] of command-runner.jar"),
        (job("spark-submit", "--packages", "a:b:1", "/a.py"), "option --packages of spark-submit"),
        (job("spark-submit", "--class"), "option --class of spark-submit has no value"),
        (job("spark-submit", "--verbose"), "no application, a .py or .jar file"),
        (job(jar="/home/hadoop/a.jar"), "JAR '/home/hadoop/a.jar' is not supported"),
    ],
)
def test_what_does_not_run_here_fails_with_its_name(workshop, cluster, config, message):
    outcome = run_on(workshop, cluster, config)
    assert outcome.status == "Failed"
    assert message in reason(outcome, "Run")


def test_a_cluster_without_spark_has_no_spark_submit(workshop, emr, roles):
    made = emr.run_job_flow(**request_of(roles, Applications=[]))["JobFlowId"]
    outcome = run_on(workshop, made, job("spark-submit", "/a.py"))
    assert "spark-submit: command not found" in reason(outcome, "Run")
    emr.terminate_job_flows(JobFlowIds=[made])
    outcome = run_on(workshop, made, job("spark-submit", "/a.py"))
    assert "shutting down, terminated, or finished" in reason(outcome, "Run")


RULE = "arn:aws:events:*:*:rule/SageMakerPipelineExecutionEMRStepStatusUpdateRule"
EVENTS = ["events:DescribeRule", "events:PutRule", "events:PutTargets"]
FOLLOWS = {"Effect": "Allow", "Action": EVENTS, "Resource": RULE}


@pytest.mark.parametrize(
    ("statements", "missing"),
    [
        ([], "events:DescribeRule on resource: arn:aws:events"),
        ([FOLLOWS], "elasticmapreduce:AddJobFlowSteps"),
    ],
)
def test_the_execution_role_needs_the_actions_of_the_service(
    workshop, cluster, role_with, statements, missing
):
    workshop.role = role_with(statements)
    outcome = run_on(workshop, cluster, job("spark-submit", "/a.py"))
    assert missing in reason(outcome, "Run")


def test_a_new_cluster_needs_permission_to_pass_its_roles(workshop, roles, role_with):
    follows = {**FOLLOWS, "Resource": "*"}
    run = {"Effect": "Allow", "Action": "elasticmapreduce:*", "Resource": "*"}
    workshop.role = role_with([follows, run])
    config = {name: value for name, value in request_of(roles).items() if name != "Name"}
    config["Instances"] = {"InstanceGroups": config["Instances"]["InstanceGroups"]}
    step = {"ClusterConfig": config, "StepConfig": job("spark-submit", "/a.py")}
    outcome = workshop.run(workshop.pipeline([workshop.step("Run", "EMR", step)]))
    assert "iam:PassRole" in reason(outcome, "Run")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"BootstrapActions": [{"Name": "a", "ScriptBootstrapAction": {"Path": "s3://a/b"}}]},
         "BootstrapActions is not supported by the laptop cloud"),
        ({"AutoTerminationPolicy": {"IdleTimeout": 60}}, "AutoTerminationPolicy is not supported"),
        ({"JobFlowRole": "missing"}, "Invalid InstanceProfile: missing"),
        ({"ReleaseLabel": ""}, "ReleaseLabel is required"),
        ({"Configurations": [{"Classification": "yarn-site", "Properties": {}}]},
         "Configurations has the classification 'yarn-site'"),
    ],
)  # fmt: skip
def test_a_cluster_that_is_not_reproduced_is_refused(emr, roles, more, message):
    with pytest.raises(ClientError, match=message):
        emr.run_job_flow(**request_of(roles, **more))


def test_a_role_that_instances_cannot_have_runs_no_job(workshop, cloud, emr):
    iam, name = cloud.client("iam"), f"emr-{uuid4().hex[:8]}"
    service = trusting(cloud, f"{name}-service", "elasticmapreduce.amazonaws.com")
    trusting(cloud, name, "lambda.amazonaws.com")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    roles = {"JobFlowRole": name, "ServiceRole": service}
    made = emr.run_job_flow(**request_of(roles))["JobFlowId"]
    outcome = run_on(workshop, made, job("spark-submit", "/a.py"))
    assert "ec2.amazonaws.com cannot assume" in reason(outcome, "Run")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"jobDriver": {"hive": {"query": "s3://a/b"}}}, "jobDriver.hive is not supported"),
        ({"executionIamPolicy": {"policy": "{}"}}, "executionIamPolicy is not supported"),
        ({"configurationOverrides": {"applicationConfiguration": [{"classification": "x"}]}},
         "applicationConfiguration has the classification 'x'"),
    ],
)  # fmt: skip
def test_a_serverless_job_that_is_not_reproduced_is_refused(cloud, changes, message):
    client = cloud.client("emr-serverless")
    made = client.create_application(
        releaseLabel="emr-7.12.0", type="SPARK", clientToken=uuid4().hex
    )
    request = {
        "applicationId": made["applicationId"],
        "executionRoleArn": "arn:aws:iam::123456789012:role/x",
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://a/b.py"}},
        "clientToken": uuid4().hex,
    }
    with pytest.raises(ClientError, match=message):
        client.start_job_run(**{**request, **changes})


def test_a_serverless_job_needs_a_role_that_trusts_the_service(cloud):
    client = cloud.client("emr-serverless")
    made = client.create_application(
        releaseLabel="emr-7.12.0", type="SPARK", clientToken=uuid4().hex
    )["applicationId"]
    role = trusting(cloud, f"role-{uuid4().hex[:8]}", "ec2.amazonaws.com")
    request = {
        "applicationId": made,
        "executionRoleArn": role,
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://a/b.py"}},
        "clientToken": uuid4().hex,
    }
    run = client.start_job_run(**request)["jobRunId"]
    assert client.start_job_run(**request)["jobRunId"] == run
    found = wait_until(
        lambda: client.get_job_run(applicationId=made, jobRunId=run)["jobRun"],
        lambda described: described["state"] == "FAILED",
    )
    assert "emr-serverless.amazonaws.com cannot assume" in found["stateDetails"]
    client.stop_application(applicationId=made)
    client.delete_application(applicationId=made)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_application(applicationId=made)
