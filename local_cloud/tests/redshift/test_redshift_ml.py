"""Redshift ML on the laptop: models are trained, described, called, shared and dropped."""

from __future__ import annotations

import time

import pytest

ROWS = """
CREATE TABLE flowers AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
SELECT i::INT AS number, (i % 10)::FLOAT8 AS size, (i % 7)::SMALLINT AS leaves,
       CASE WHEN i % 3 = 0 THEN 'red' ELSE 'blue' END AS colour,
       (CASE WHEN i % 10 > 4 THEN 1 ELSE 0 END)::INT AS tall
FROM n
"""
XGBOOST = """
CREATE MODEL {name} FROM (SELECT size, leaves, tall FROM flowers)
TARGET tall FUNCTION {function} IAM_ROLE '{{role}}' AUTO OFF MODEL_TYPE XGBOOST
OBJECTIVE '{objective}' PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT EXCEPT (NUM_ROUND '5')
SETTINGS (S3_BUCKET 'lake'{more})
"""
ALLOWED = [
    *("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket", "iam:PassRole"),
    *("sagemaker:*Job*", "sagemaker:InvokeEndpoint", "sagemaker:AddTags", "ecr:*", "logs:*"),
    *("cloudwatch:PutMetricData",),
]


@pytest.fixture(scope="module")
def ml(cluster):
    """The cluster, with a table and a role that Redshift and SageMaker may assume."""
    services = ["redshift.amazonaws.com", "sagemaker.amazonaws.com"]
    cluster.role = cluster.make_role("ml", allowed=ALLOWED, principal=services)
    cluster.cloud.client("redshift").modify_cluster_iam_roles(
        ClusterIdentifier="redline-test", AddIamRoles=[cluster.role]
    )
    cluster.run(ROWS)
    return cluster


def xgboost(name, function, objective="binary:logistic", more=""):
    return XGBOOST.format(name=name, function=function, objective=objective, more=more)


def described(cluster, name, **options):
    return dict(cluster.rows(f"SHOW MODEL {name}", **options))


def trained(cluster, name):
    """Wait until a model is not in training any more. Return what SHOW MODEL says."""
    while (found := described(cluster, name))["Model State"] == "TRAINING":
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def tall(ml):
    """A trained model, whose artifacts remain in S3. Its class is `size > 4`."""
    ml.run(xgboost("tall", "is_tall", more=", S3_GARBAGE_COLLECT OFF"))
    assert described(ml, "tall")["Model State"] in ("TRAINING", "READY")
    return trained(ml, "tall")


def test_xgboost_is_trained_in_the_background_and_predicts_in_sql(ml, tall):
    assert tall["Model State"] == "READY", tall
    assert tall["Target Column"] == "TALL"
    assert tall["Objective"] == "binary:logistic"
    assert tall["Function Parameters"] == "size leaves"
    assert tall["Function Parameter Types"] == "float8 int2"
    assert tall["num_round"] == "5"
    assert ml.rows("SELECT is_tall(9, 3), public.is_tall(1, 3)") == [(1, 0)]
    wrong = "SELECT count(*) FROM flowers WHERE is_tall(size, leaves) <> tall"
    assert ml.rows(wrong) == [(0,)]


def test_auto_on_searches_a_model_for_text_and_numbers(ml):
    before = ml.keys("redshift-ml/")
    ml.run(
        "CREATE MODEL colours FROM (SELECT size, colour, tall FROM flowers) TARGET tall "
        "FUNCTION colour_of_tall IAM_ROLE '{role}' PROBLEM_TYPE BINARY_CLASSIFICATION "
        "OBJECTIVE 'AUC' SETTINGS (S3_BUCKET 'lake', S3_GARBAGE_COLLECT OFF, MAX_RUNTIME 1)"
    )

    found = trained(ml, "colours")

    assert found["Model State"] == "READY", found
    assert float(found["validation:AUC"]) > 0.9
    assert found["Problem Type"] == "binary_classification"
    assert ml.rows("SELECT colour_of_tall(9, 'red'), colour_of_tall(NULL, 'green')")[0][0] == 1
    assert ml.keys("redshift-ml/") != before
    ml.run("DROP MODEL colours")
    assert ml.keys("redshift-ml/") == before
    assert "does not exist" in ml.error("SELECT colour_of_tall(9, 'red')")


def test_a_failed_training_says_why(ml):
    ml.run(xgboost("odd", "odd_one", "multi:softmax").replace("'5')", "'5', NUM_CLASS '1')"))

    found = trained(ml, "odd")

    assert found["Model State"] == "FAILED"
    assert "num_class" in found["Failure Reason"]
    assert "is FAILED" in ml.error("SELECT odd_one(1, 2)")
    ml.run("DROP MODEL odd")
    ml.run("DROP MODEL IF EXISTS odd")
    assert ml.error("DROP MODEL odd") == 'ERROR: model "odd" does not exist'


def test_a_model_is_imported_from_an_artifact_or_a_job(ml, tall):
    job = tall["Training Job Name"]
    (key,) = [key for key in ml.keys(f"redshift-ml/{job}/") if key.endswith("model.tar.gz")]
    create = (
        "CREATE MODEL {} FROM '{}' FUNCTION {}(float, smallint) RETURNS float8 "
        "IAM_ROLE '{{role}}' SETTINGS (S3_BUCKET 'lake')"
    )
    ml.run(create.format("imported", f"s3://lake/{key}", "probability"))
    ml.run(create.format("of_job", job, "same_probability"))

    ((value, other),) = ml.rows("SELECT probability(9, 3), probability(1, 3)")

    assert 0 < other < 0.5 < value < 1
    assert described(ml, "of_job")["Training Job Name"] == job
    for name in ("imported", "of_job"):
        ml.run(f"DROP MODEL {name}")


def test_users_need_the_privileges_of_the_pages(ml, tall):
    ml.run("CREATE USER analyst PASSWORD DISABLE")
    ml.run("GRANT SELECT ON flowers TO analyst")
    as_analyst = {"DbUser": "analyst"}
    call = "SELECT is_tall(9, 3)"

    assert ml.error(call, **as_analyst) == "ERROR: permission denied for function is_tall"
    assert "permission denied" in ml.error("SHOW MODEL tall", **as_analyst)
    assert ml.rows("SHOW MODEL ALL", **as_analyst) == []
    said = ml.error(xgboost("theirs", "their_tall"), **as_analyst)
    assert said == "ERROR: permission denied to create a model"

    ml.run("GRANT EXECUTE ON MODEL tall TO analyst")
    ml.run("GRANT CREATE MODEL TO analyst")
    assert ml.rows(call, **as_analyst) == [(1,)]
    assert ml.rows("SHOW MODEL ALL", **as_analyst) == [("public", "tall")]
    shown = described(ml, "tall", **as_analyst)
    assert not {"IAM Role", "S3 Bucket", "Estimated Cost"} & set(shown)
    assert "IAM Role" in described(ml, "tall")
    assert ml.error("DROP MODEL tall", **as_analyst) == "ERROR: must be owner of model tall"
    ml.run(xgboost("theirs", "their_tall"), **as_analyst)
    # A model that is dropped during its training: the job is stopped.
    job = described(ml, "theirs", **as_analyst)["Training Job Name"]
    ml.run("DROP MODEL theirs", **as_analyst)
    sagemaker = ml.cloud.client("sagemaker")
    assert sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"] in (
        *("Stopping", "Stopped", "Completed"),
    )

    ml.run("REVOKE EXECUTE ON MODEL tall FROM analyst")
    ml.run("REVOKE CREATE MODEL FROM analyst")
    assert "permission denied" in ml.error(call, **as_analyst)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("s3:PutObject", "S3ServiceException"),
        ("sagemaker:*Job*", "not authorized to perform: sagemaker:CreateTrainingJob"),
        ("iam:PassRole", "iam:PassRole"),
    ],
)
def test_the_role_needs_the_permissions_of_the_page(ml, missing, said):
    services = ["redshift.amazonaws.com", "sagemaker.amazonaws.com"]
    name = missing.translate(str.maketrans(":*", "--"))
    role = ml.make_role(
        f"without-{name}", allowed=[each for each in ALLOWED if each != missing], principal=services
    )
    ml.cloud.client("redshift").modify_cluster_iam_roles(
        ClusterIdentifier="redline-test", AddIamRoles=[role]
    )
    sql = xgboost("denied", "denied_tall").replace("{role}", role)

    assert said in ml.error(sql)
    assert 'model "denied" does not exist' in ml.error("SHOW MODEL denied")
