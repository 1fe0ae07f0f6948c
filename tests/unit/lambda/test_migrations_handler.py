"""The function `migrations`, tested against a stand-in for the Data API."""

import json
import re

import boto3
import pytest

from warehouse.schema import read_migrations, to_json

CONNECTION = {"ClusterIdentifier": "redline-test", "Database": "redline", "SecretArn": "arn:secret"}
SERVERLESS = {"WorkgroupName": "redline-test", "Database": "redline", "SecretArn": "arn:kept"}
# The properties of the custom resource with a workgroup.
NAMESPACE = {
    "WorkgroupName": "redline-test",
    "NamespaceName": "the-namespace",
    "Database": "redline",
}


class DataApi:
    """A stand-in: statements are SUBMITTED, STARTED, FINISHED; one with BROKEN fails its batch."""

    def __init__(self, slow=False):
        self.applied = {}
        self.ran = []
        self.cancelled = []
        self._slow = slow
        self._batches = {}
        self.started = []
        self._tokens = {}

    def batch_execute_statement(self, *, Sqls, ClientToken, **connection):  # noqa: N803 - AWS's names
        assert 1 <= len(Sqls) <= 40
        assert connection in (CONNECTION, SERVERLESS)
        if ClientToken not in self._tokens:
            self._tokens[ClientToken] = f"id-{len(self._batches)}"
            self._batches[self._tokens[ClientToken]] = {"statements": Sqls, "calls": 0}
            self.started.append(Sqls)
        return {"Id": self._tokens[ClientToken]}

    def describe_statement(self, *, Id):  # noqa: N803 - the API's name
        batch = self._batches[Id]
        batch["calls"] += 1
        if self._slow or batch["calls"] < 3:
            return {"Id": Id, "Status": ["SUBMITTED", "STARTED"][batch["calls"] % 2]}
        return {"Id": Id, **self._run(batch["statements"])}

    def _run(self, statements):
        if not statements:
            return {"Status": "ABORTED"}
        for number, statement in enumerate(statements):
            if "BROKEN" in statement:
                parts = [{"Status": "FINISHED"}] * number + [
                    {
                        "Status": "FAILED",
                        "Error": 'syntax error at "BROKEN"',
                        "QueryString": statement,
                    }
                ]
                return {"Status": "FAILED", "Error": "Query failed", "SubStatements": parts}
        if "applied_rights" in statements[0]:
            return {"Status": "FINISHED"}
        self.ran.append(statements)
        for version, checksum in re.findall(
            r"INSERT INTO (?:redline\.)?applied_migrations .* VALUES \((\d+), '\S+', '(\w+)'\)",
            statements[-1],
        ):
            self.applied[int(version)] = checksum
        return {"Status": "FINISHED"}

    def get_statement_result(self, *, Id, NextToken="0"):  # noqa: N803 - the API's names
        assert Id.endswith(":1")
        rights = "applied_rights" in self._batches[Id.removesuffix(":1")]["statements"][0]
        rows = [] if rights else sorted(self.applied.items())
        index = int(NextToken)
        page = [
            [{"longValue": version}, {"stringValue": checksum}]
            for version, checksum in rows[index : index + 1]
        ]
        more = {"NextToken": str(index + 1)} if index + 1 < len(rows) else {}
        return {"Records": page, **more}

    def cancel_statement(self, *, Id):  # noqa: N803 - the API's name
        self.cancelled.append(Id)
        self._batches[Id] = {"statements": [], "calls": 9}
        self._slow = False


class Namespaces:
    """A stand-in for Redshift Serverless, which returns the secret of a namespace."""

    def get_namespace(self, *, namespaceName):  # noqa: N803 - the API's name
        assert namespaceName == "the-namespace"
        return {"namespace": {"adminPasswordSecretArn": "arn:kept"}}


@pytest.fixture
def module(load_handler, monkeypatch):
    """Load the handler without pauses."""
    module = load_handler("migrations")
    monkeypatch.setattr(module.beside.statements.time, "sleep", lambda seconds: None)
    return module


@pytest.fixture
def function(module, monkeypatch, tmp_path):
    """Run the handler with a stand-in for the Data API and with migrations as texts."""

    def run(event, context, *, api, **files):
        clients = {"redshift-data": api, "redshift-serverless": Namespaces()}
        monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
        for name, text in files.items():
            (tmp_path / f"{name}.sql").write_text(text)
        found = tmp_path / "migrations.json"
        found.write_text(to_json(read_migrations(tmp_path)))
        monkeypatch.setattr(module, "MIGRATIONS", found)
        rights = tmp_path / "rights.json"
        rights.write_text(
            json.dumps({"creates_users": True, "tables": [], "schemas": [], "roles": []})
        )
        monkeypatch.setattr(module, "RIGHTS", rights)
        module.handler(event, context)

    return run


FIRST = {"0001_one": "CREATE TABLE one (a INT);\nCREATE TABLE two (a INT);"}


def test_each_migration_is_applied_and_recorded_in_one_transaction(
    function, cloudformation, context
):
    api = DataApi()
    function(cloudformation.event("Create", **CONNECTION), context, api=api, **FIRST)
    answer = cloudformation.answer()
    assert answer["Status"] == "SUCCESS"
    assert answer["Reason"] == "Applied: 0001_one.sql"
    assert answer["PhysicalResourceId"] == "redline-test/redline"
    assert (answer["StackId"], answer["RequestId"]) == ("stack", "request")
    one, two, record = api.ran[-1]
    assert (one, two) == ("CREATE TABLE one (a INT)", "CREATE TABLE two (a INT)")
    assert record.startswith("INSERT INTO applied_migrations")


def test_in_an_existing_warehouse_the_records_are_in_the_own_schema(
    function, cloudformation, context
):
    api = DataApi()
    event = cloudformation.event("Create", **CONNECTION, Schema="redline")
    function(event, context, api=api, **FIRST)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    every = [statement for batch in api.started for statement in batch]
    records = [each for each in every if "applied_" in each]
    assert len(records) == 5
    assert all(re.search(r" redline\.applied_(migrations|rights)\b", each) for each in records)


def test_a_serverless_warehouse_is_reached_with_the_secret_of_its_namespace(
    function, cloudformation, context
):
    api = DataApi()
    function(cloudformation.event("Create", **NAMESPACE), context, api=api, **FIRST)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Applied: 0001_one.sql")
    assert answer["PhysicalResourceId"] == "redline-test/redline"


def change_of_warehouse(cloudformation, *, old, new, removal):
    event = cloudformation.event("Update", **new, Removal=removal)
    return {**event, "OldResourceProperties": {**old, "Removal": removal}}


def test_a_cluster_with_retained_data_is_not_replaced_by_an_empty_workgroup(
    function, cloudformation, context
):
    """The API of the steps: API_RestoreFromSnapshot.html of the Redshift Serverless reference."""
    api = DataApi()
    event = change_of_warehouse(cloudformation, old=CONNECTION, new=NAMESPACE, removal="retain")
    function(event, context, api=api, **FIRST)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the cluster redline-test would be replaced by an empty")
    assert "create-cluster-snapshot --cluster-identifier redline-test" in answer["Reason"]
    assert "restore-from-snapshot --snapshot-arn" in answer["Reason"]
    assert api.ran == []


@pytest.mark.parametrize(
    ("old", "new", "removal"),
    [
        (CONNECTION, NAMESPACE, "destroy"),
        # The rollback of the rejected update.
        (NAMESPACE, CONNECTION, "retain"),
        (CONNECTION, CONNECTION, "retain"),
    ],
)
def test_other_changes_of_the_warehouse_are_migrated(
    function, cloudformation, context, old, new, removal
):
    event = change_of_warehouse(cloudformation, old=old, new=new, removal=removal)
    function(event, context, api=DataApi(), **FIRST)
    assert cloudformation.answer()["Reason"] == "Applied: 0001_one.sql"


def test_an_applied_migration_is_not_applied_again(module):
    api = DataApi()
    warehouse = module.Warehouse(api, CONNECTION, lambda: 100.0, "request")
    migrations = [
        {"version": 1, "name": "0001_a.sql", "checksum": "a" * 64, "statements": ["SELECT 1"]},
        {"version": 2, "name": "0002_b.sql", "checksum": "b" * 64, "statements": ["SELECT 2"]},
    ]
    assert module.apply(warehouse, migrations[:1]) == ["0001_a.sql"]
    assert module.apply(warehouse, migrations) == ["0002_b.sql"]
    assert module.apply(warehouse, migrations) == []
    # After a rollback, older code runs against a newer database.
    assert module.apply(warehouse, migrations[:1]) == []


def test_an_edited_migration_is_refused(function, cloudformation, context):
    api = DataApi()
    api.applied = {1: "f" * 64}
    function(cloudformation.event("Update", **CONNECTION), context, api=api, **FIRST)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert re.match(
        r"0001_one\.sql was edited after it was applied "
        r"\(checksum then ffffffffffff, now \w{12}\): "
        "restore it and put the change into a new migration",
        answer["Reason"],
    )


def test_a_failing_statement_is_named_with_the_databases_error(function, cloudformation, context):
    api = DataApi()
    files = {**FIRST, "0002_two": "SELECT 1;\nCREATE BROKEN\n  (a INT);", "0003_three": "SELECT 1;"}
    function(cloudformation.event("Create", **CONNECTION), context, api=api, **files)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        '0002_two.sql: statement 2 (CREATE BROKEN (a INT)): syntax error at "BROKEN"'
    )
    assert sorted(api.applied) == [1]


def test_delete_does_nothing(function, cloudformation, context):
    api = DataApi()
    function(cloudformation.event("Delete", **CONNECTION), context, api=api, **FIRST)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert api.ran == []


def test_a_migration_is_cancelled_before_the_function_times_out(function, cloudformation, context):
    api, context.seconds = DataApi(slow=True), 20
    function(cloudformation.event("Create", **CONNECTION), context, api=api, **FIRST)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "took too long and was cancelled" in answer["Reason"]
    assert api.cancelled == ["id-0"]


def test_a_repeated_invocation_waits_for_the_running_batch(module, monkeypatch):
    api = DataApi()
    migration = {"version": 1, "name": "1.sql", "checksum": "a" * 64, "statements": ["SELECT 1"]}

    def time_out(client, statement, seconds_left):
        if "SELECT 1" in api.started[-1]:
            raise SystemExit("the function timed out")
        wait(client, statement, seconds_left)

    wait = module.wait
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(module, "wait", time_out)
        module.apply(module.Warehouse(api, CONNECTION, lambda: 100.0, "request"), [migration])
    assert module.apply(module.Warehouse(api, CONNECTION, lambda: 100.0, "request"), [migration])

    assert [sqls for sqls in api.started if "SELECT 1" in sqls] == [["SELECT 1", api.ran[-1][-1]]]
    assert sorted(api.applied) == [1]


def test_another_request_reads_the_records_of_the_database(module):
    """The database may have been replaced since an earlier deployment."""
    api = DataApi()
    migration = {"version": 1, "name": "1.sql", "checksum": "a" * 64, "statements": ["SELECT 1"]}
    for request in ("first", "second"):
        api.applied = {}
        assert module.apply(module.Warehouse(api, CONNECTION, lambda: 100.0, request), [migration])
    assert len([sqls for sqls in api.started if "SELECT 1" in sqls]) == 2


def test_an_unexpected_error_is_reported(function, cloudformation, context):
    class FailingDataApi(DataApi):
        def batch_execute_statement(self, **request):
            raise PermissionError("not authorised " + "x" * 9000)

    function(cloudformation.event("Create", **CONNECTION), context, api=FailingDataApi(), **FIRST)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("not authorised")


def test_the_shipped_migrations_are_all_applied(module):
    api = DataApi()
    warehouse = module.Warehouse(api, CONNECTION, lambda: 100.0, "request")
    shipped = json.loads(to_json(read_migrations()))
    assert module.apply(warehouse, shipped) == [each["name"] for each in shipped]
