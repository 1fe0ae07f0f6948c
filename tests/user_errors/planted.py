"""The planted errors: the tests plant each of them, and docs/user-errors.md lists them.

Each error is planted in the text of one file. `{folder}` in a message is the folder of the file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """A mistake, the text of the file, and the parts of the message in their order.

    `area` says which file and which command: see `tests/user_errors/reports.py`.
    """

    area: str
    mistake: str
    text: str
    message: tuple[str, ...]


def _csv(name: str, text: str, *message: str) -> Planted:
    return Planted("CSV file", name, text, message)


def _query(name: str, text: str, *message: str) -> Planted:
    return Planted("query", name, text, message)


def _script(name: str, text: str, *message: str) -> Planted:
    return Planted("step script", name, text, message)


def _metric(name: str, path: str, *message: str) -> Planted:
    return Planted("gate", name, path, message)


def _environment(name: str, field: str, *message: str) -> Planted:
    return Planted("environment", name, field, message)


def _definition(name: str, change: str, *message: str) -> Planted:
    return Planted("definition", name, change, message)


def _load(name: str, text: str, *message: str) -> Planted:
    return Planted("load.sql", name, text, message)


def _tables(name: str, text: str, *message: str) -> Planted:
    return Planted("tables.sql", name, text, message)


def _start(name: str, assignment: str, *message: str) -> Planted:
    return Planted("start", name, assignment, message)


_ROWS = "\n".join(f"{n},{'abc'[n % 3]},{n * 2}" for n in range(200))

PLANTED = (
    _csv("no header", _ROWS, "the first line of file.csv has the values 0,", "the names of the"),
    _csv("no rows", "a,b\n", "file.csv has no rows", "pass a CSV file with a header"),
    _csv("a line with a field too many", f"a,b,c\n{_ROWS}\n1,2,3,4", "line 202 of file.csv has 4"),
    _csv("NUL bytes", f"a,b,c\n{_ROWS}\n\0", "line 202 of file.csv has NUL bytes", "in UTF-8"),
    _csv(
        "a decimal comma in the target",
        "a;target\n" + "".join(f"{n};{n},5\n" for n in range(200)),
        "the target target has numbers with a decimal comma, such as '0,5'",
        "with a point",
    ),
    _csv("one class only", "a,target\n" + "1,x\n2,x\n" * 200, "target has only one value"),
    _csv(
        "a text of too many values",
        "a,target\n" + "".join(f"{n},v{n % 60}\n" for n in range(600)),
        "the target target has 60 different values of type text",
        "allowed are a number",
    ),
    _csv(
        "a rare class",
        "a,target\n" + "".join(f"{n},{n == 7}\n" for n in range(200)),
        "are too few (1)",
    ),
    _csv(
        "too few rows", "a,target\n" + "".join(f"{n},{n / 7}\n" for n in range(50)), "at least 100"
    ),
    _query(
        "an unknown column",
        "SELECT id,\n  agee FROM shop.people",
        "query.sql, line 2: the query reads the column 'agee'",
        "allowed are age, id, mail",
        "correct the name",
    ),
    _query(
        "a column that another table has",
        "SELECT p.id,\n p.paid FROM shop.people p\nJOIN shop.orders o ON o.person = p.id",
        "query.sql, line 2: the query reads the column 'paid'",
        "allowed are id, age, mail",
    ),
    _query(
        "an unknown table",
        "SELECT id\nFROM shop.persons",
        "query.sql, line 2: the query reads shop.persons",
        "allowed are shop.people, shop.orders",
        "correct the name",
    ),
    _query("a missing keyword", "SELECT id\nFRO shop.people", "line 2: the query is not valid SQL"),
    _query("an open parenthesis", "SELECT\n MAX(id FROM shop.people", "line 2: ", "not valid SQL"),
    _query("a statement that changes data", "DELETE FROM shop.people", "the text is not a query"),
    _query(
        "two queries", "SELECT id FROM shop.people; SELECT 1;", "query.sql: the text is not a query"
    ),
    _query(
        "personal data",
        "SELECT id, mail FROM shop.people",
        "reads personal data, mail of shop.people",
        "leave the columns out",
    ),
    _query(
        "a type that is not known",
        "SELECT id, own_function(age) AS x FROM shop.people",
        "the column x of the query has a type that is not known",
        "allowed are booleans, numbers",
        "CAST(… AS BIGINT) AS x",
    ),
    _query(
        "a name that needs quotes",
        'SELECT id, age AS "Age (y)" FROM shop.people',
        "a column of the query is named 'age (y)'",
        "allowed are lower-case letters",
        "AS",
    ),
    _tables("a statement that changes data", "DELETE FROM t;", "'DELETE FROM t'", "CREATE TABLE"),
    _tables("an open quote", "CREATE TABLE t (a INT DEFAULT 'x);", "tables.sql, line 1"),
    _tables("no final semicolon", "CREATE TABLE t (a INT)", "tables.sql, line 1", "add one"),
    _script("a syntax error", "def run(container)\n    pass\n", "step.py, line 1: expected ':'"),
    _script(
        "a package that the image lacks",
        "import torch\n",
        "step.py, line 1: imports 'torch'",
        "allowed are the standard library",
        "requirements.txt",
    ),
    _script(
        "a module that does not exist",
        "import json\nfrom pipeline_code.runtime.contaner import Container\n",
        "step.py, line 2: imports 'pipeline_code.runtime.contaner'",
        "correct the name",
    ),
    _script(
        "a module that is not in the job",
        "from pipeline_code.workflow import Pipeline\n",
        "step.py, line 1: imports 'pipeline_code.workflow'",
        "allowed are pipeline_code.runtime",
    ),
    _metric(
        "a metric that no report has",
        "regression_metrics.rmse_ratoi.value",
        "pipeline.py, line 2: the metric is 'regression_metrics.rmse_ratoi.value'",
        "allowed are regression_metrics.<metric>.value",
        "did you mean 'regression_metrics.rmse_ratio.value'?",
    ),
    _metric(
        "a metric of another kind of prediction",
        "binary_classification_metrics.auc.value",
        "which evaluate.py does not write",
        "rmse",
    ),
    _script("a tab among spaces", "if True:\n        a = 1\n\tb = 2\n", "step.py, line 3"),
    _environment(
        "a forgotten comma between pipelines",
        'pipelines=(Pipeline(name="a", schedule=NIGHTLY) Pipeline(name="b", schedule=NIGHTLY))',
        "environments.py, line 15",
        "comma",
    ),
    _environment(
        "a forgotten comma after the only pipeline",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY))',
        "environments.py, line 7: environment prod: pipelines is Pipeline(…)",
        "(Pipeline(…),) with a comma, even for a single one",
    ),
    _environment(
        "a string instead of a Schedule",
        'pipelines=(Pipeline(name="churn", schedule="rate(1 day)"),)',
        "environments.py, line 15: environment prod, pipeline churn: ",
        "churn.schedule is 'rate(1 day)'",
        "allowed is Schedule(…) or None",
    ),
    _environment(
        "an unknown field",
        'pipelines=(Pipeline(name="churn", shedule=NIGHTLY),)',
        "environments.py, line 15: environment prod, pipeline churn: ",
        "churn.shedule is not a field of Pipeline",
        "did you mean 'schedule'?",
    ),
    _environment(
        "a missing field",
        'retention=Retention(removal="retain", run_days=365)',
        "environments.py, line 14: environment prod: retention.log_days is missing",
        "a whole number",
    ),
    _environment(
        "a value without the name of its field",
        'pipelines=(Pipeline(name="churn", schedule=Schedule("rate(1 day)")),)',
        "environment prod, pipeline churn: Schedule has the value 'rate(1 day)' without",
        "write Schedule(expression=…)",
    ),
    _environment(
        "a text instead of a tuple of texts",
        'alert_emails="ml@example.com"',
        "environment prod: alert_emails is 'ml@example.com'",
        'allowed is a tuple: ("…",) with a comma',
    ),
    _environment(
        "a text instead of a number",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY, serving=Serving(max_instances="2")),)',
        "environment prod, pipeline churn: serving.max_instances is '2'",
        "a whole number",
    ),
    _environment(
        "a text instead of a switch",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY, enabled="no"),)',
        "pipeline churn: churn.enabled is 'no'",
        "True or False",
    ),
    _environment(
        "a parameter whose value is a list",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY, parameters={"Days": [1]}),)',
        "pipeline churn: churn.parameters is [1]",
        "a mapping of names to a text or a whole number",
    ),
    _environment(
        "an unknown name",
        'pipelines=(Pipelin(name="churn"),)',
        "environments.py, line 15: environment prod: name 'Pipelin' is not",
    ),
    _environment(
        "an invalid expression",
        'pipelines=(Pipeline(name="churn", schedule=Schedule(expression="every day")),)',
        "environments.py, line 15: environment prod, pipeline churn: schedule.expression is",
        "'every day'",
        "allowed",
    ),
    _environment(
        "an approval that does not exist",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY, approval="Yes"),)',
        "environments.py, line 15: environment prod, pipeline churn: ",
        "churn.approval is 'Yes'",
        "allowed is",
    ),
    _environment(
        "serving that is no Serving",
        'pipelines=(Pipeline(name="churn", schedule=NIGHTLY, serving=True),)',
        "environments.py, line 15: environment prod, pipeline churn: ",
        "churn.serving is True",
        "Serving(…) or None",
    ),
    _environment(
        "the name of another environment",
        'name="production"',
        "environments.py, line 5: environment prod: name is 'production'",
        "allowed is 'prod', the name of the function",
    ),
    _definition(
        "an instance type without ml.",
        "ProcessingInstanceType=m5.large",
        '"m5.large". Allowed: ',
        "ml.m5.large",
        "change the parameter",
    ),
    _definition("no instance", "ProcessingInstanceCount=0", "ProcessingInstanceCount", "0", "1"),
    _definition("NaN as a limit", "MaxErrorRatio=NaN", "MaxErrorRatio", "finite value"),
    _definition("an unknown parameter", "Limit=1", "parameters is 'Limit'", "MaxErrorRatio"),
    _start("no instance", "ProcessingInstanceCount=0", "is '0': allowed is a number of at least 1"),
    _start("an instance type without ml.", "TrainingInstanceType=m5.large", "'m5.large'", "ml.m5"),
    _start("NaN as a limit", "MaxErrorRatio=NaN", "'NaN': allowed is a finite number"),
    _load(
        "a misspelt placeholder",
        "DELETE FROM t;\nCOPY t FROM 's3://${LakeBuckett}/x' CSV;",
        "${LakeBuckett}",
        "allowed are LakeBucket, WarehouseRoleArn",
    ),
    _load("no final semicolon", "DELETE FROM t", "line 1", "add one"),
)
