"""CREATE MODEL without a training: what is read, and what is rejected by name.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html
"""

from __future__ import annotations

import pytest

from local_cloud.redshift.machine_learning.create_statement import read_create_model
from local_cloud.redshift.sql.dialect import tokens
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

ROLE = "IAM_ROLE 'arn:aws:iam::123456789012:role/ml'"
BUCKET = "SETTINGS (S3_BUCKET 'lake')"
TABLE = "CREATE TABLE t (a INT, b VARCHAR(10), c DATE, y INT)"
AUTO = f"CREATE MODEL m FROM t TARGET y FUNCTION f {ROLE}"
OFF = f"CREATE MODEL m FROM (SELECT a, y FROM t) TARGET y FUNCTION f {ROLE} AUTO OFF"
XGBOOST = f"{OFF} MODEL_TYPE XGBOOST OBJECTIVE"
REMOTE = f"CREATE MODEL m FUNCTION f (INT) RETURNS INT SAGEMAKER 'e' {ROLE}"


def read(sql):
    return read_create_model(Reader(tokens(sql), sql))


def test_the_example_of_the_page_is_read():
    found = read(
        "CREATE MODEL abalone_xgboost_multi_predict_age\n"
        "FROM ( SELECT length_val, (diameter + 1) AS d, rings FROM abalone_xgb "
        "WHERE record_number < 2500 )\n"
        f"TARGET rings FUNCTION ml_fn_abalone {ROLE} AUTO OFF MODEL_TYPE XGBOOST\n"
        "OBJECTIVE 'multi:softmax' PREPROCESSORS 'none'\n"
        "HYPERPARAMETERS DEFAULT EXCEPT (NUM_ROUND '100', NUM_CLASS '30')\n"
        "SETTINGS (S3_BUCKET 'your-bucket', S3_GARBAGE_COLLECT OFF, MAX_CELLS 10, MAX_RUNTIME 20);"
    )

    assert found.query == (
        "SELECT length_val, (diameter + 1) AS d, rings FROM abalone_xgb WHERE record_number < 2500"
    )
    assert (found.target, found.function, found.auto) == ("rings", ("ml_fn_abalone",), False)
    assert found.objective == "multi:softmax"
    assert found.hyperparameters == {"num_round": "100", "num_class": "30"}
    assert (found.bucket, found.collect_garbage) == ("your-bucket", False)
    assert (found.max_cells, found.max_runtime) == (10, 20)


def test_the_name_of_a_table_is_not_sql():
    found = read(f'CREATE MODEL m FROM public."t, u" TARGET y FUNCTION f {ROLE} {BUCKET}')

    assert found.query == 'SELECT * FROM "public"."t, u"'


@pytest.mark.parametrize("number", ["1.5", "1e3", "'10'"])
def test_a_setting_must_be_an_integer(number):
    with pytest.raises(StatementFailed, match="syntax error"):
        read(f"{AUTO} SETTINGS (S3_BUCKET 'lake', MAX_CELLS {number})")


def test_the_example_of_remote_inference_is_read():
    found = read(
        "CREATE MODEL remote_customer_churn FUNCTION remote_fn (varchar, int, decimal(10,2), "
        f"float) RETURNS int SAGEMAKER 'customer-churn-endpoint' {ROLE};"
    )

    assert found.endpoint == "customer-churn-endpoint"
    assert found.returns == "integer"
    assert found.arguments == [
        "character varying(256)",
        "integer",
        "numeric(10,2)",
        "double precision",
    ]


def test_the_example_of_local_inference_is_read():
    found = read(
        "CREATE MODEL customer_churn FROM 'training-job-customer-churn-v4' "
        f"FUNCTION customer_churn_predict (varchar, int) RETURNS int {ROLE} {BUCKET}"
    )

    assert found.artifact == "training-job-customer-churn-v4"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (f"{AUTO} MODEL_TYPE MLP {BUCKET}", "MODEL_TYPE MLP"),
        (f"{AUTO} MODEL_TYPE LINEAR_LEARNER {BUCKET}", "MODEL_TYPE LINEAR_LEARNER"),
        (f"{AUTO} MODEL_TYPE XGBOOST {BUCKET}", "MODEL_TYPE XGBOOST with AUTO ON"),
        (f"{OFF} MODEL_TYPE KMEANS {BUCKET}", "MODEL_TYPE KMEANS"),
        (f"{AUTO} PREPROCESSORS '[]' {BUCKET}", "PREPROCESSORS with AUTO ON"),
        (f"{AUTO} OBJECTIVE 'AUC' {BUCKET}", "OBJECTIVE without PROBLEM_TYPE"),
        (f"{XGBOOST} 'rank:pairwise' PREPROCESSORS 'none' {BUCKET}", "OBJECTIVE 'rank:pairwise'"),
        (f"{AUTO} SETTINGS (S3_BUCKET 'b', HORIZON 3)", "the CREATE MODEL setting HORIZON"),
        (f"{AUTO} SORTED {BUCKET}", "the CREATE MODEL option SORTED"),
        ("CREATE MODEL m FROM t TARGET y FUNCTION f IAM_ROLE default", "IAM_ROLE default"),
        (REMOTE.replace("'e'", "'e':'m'"), "a model of a multi-model endpoint in SAGEMAKER"),
        (REMOTE.replace(" f ", " other.f "), "a function in another schema than its model"),
    ],
)
def test_what_is_not_carried_out_is_refused_by_name(database, sql, named):
    database.run(TABLE)
    expected = f"ERROR: {named} is not supported by the laptop cloud's warehouse"
    assert database.error(sql) == expected


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (AUTO, "ERROR: CREATE MODEL requires SETTINGS (S3_BUCKET '…')"),
        (
            f"CREATE MODEL m FROM t FUNCTION f {ROLE} {BUCKET}",
            "ERROR: CREATE MODEL requires TARGET",
        ),
        (f"{AUTO} {BUCKET} AUTO OFF", 'ERROR: syntax error at or near "AUTO"'),
        (f"{OFF} {BUCKET}", "ERROR: CREATE MODEL requires MODEL_TYPE XGBOOST, because AUTO is OFF"),
        (f"{XGBOOST} 'F1' PREPROCESSORS 'none' {BUCKET}", "ERROR: invalid OBJECTIVE 'F1'"),
        (f"{XGBOOST} 'reg:logistic' {BUCKET}", "ERROR: PREPROCESSORS must be 'none' with AUTO OFF"),
        (
            f"{XGBOOST} 'multi:softmax' PREPROCESSORS 'none' {BUCKET}",
            "ERROR: hyperparameter NUM_CLASS is required",
        ),
        (f"{AUTO} PROBLEM_TYPE CLUSTERING {BUCKET}", "ERROR: invalid PROBLEM_TYPE CLUSTERING"),
        (f"{AUTO} {BUCKET}", "ERROR: the training data has 0 rows: at least 500 are needed"),
        (
            f"{XGBOOST} 'reg:logistic' PREPROCESSORS 'none' {BUCKET}".replace("a, y", "b, y"),
            'ERROR: column "b" of type character varying is not supported as a feature',
        ),
        (f"{AUTO} {BUCKET}".replace("TARGET y", "TARGET c"), 'ERROR: column "c" of type date is'),
        (f"{AUTO} {BUCKET}".replace("TARGET y", "TARGET z"), 'ERROR: column "z" does not exist'),
        (REMOTE.replace(" (INT)", ""), "ERROR: CREATE MODEL requires FUNCTION name ( data_type"),
        (REMOTE.replace(" RETURNS INT", ""), "ERROR: CREATE MODEL requires RETURNS data_type"),
        (REMOTE.replace("f (", "upper ("), 'ERROR: function "upper" already exists'),
        (REMOTE, "ERROR: User arn:aws:redshift:us-east-1:123456789012:dbuser:redline-test/admin"),
        ("SELECT upper(nothing.upper('a'))", "ERROR: function upper"),
        ("SHOW MODEL m", 'ERROR: model "m" does not exist'),
        ("DROP MODEL m", 'ERROR: model "m" does not exist'),
        ("GRANT EXECUTE ON MODEL m TO admin", 'ERROR: model "m" does not exist'),
        ("GRANT SELECT ON MODEL m TO admin", 'ERROR: model "m" does not exist'),
    ],
)
def test_errors_name_the_clause(database, sql, said):
    database.run(TABLE)
    assert database.error(sql).startswith(said)
