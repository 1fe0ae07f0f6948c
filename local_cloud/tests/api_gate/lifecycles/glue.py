"""Databases and tables of the data catalog."""

from __future__ import annotations

from contextlib import contextmanager

import pytest


def columns(*names):
    listed = [{"Name": name, "Type": "string"} for name in names]
    return {"Columns": listed, "Location": "s3://life/"}


@contextmanager
def created(aws):
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "life"})
    yield glue
    glue.delete_database(Name="life")


def database(aws):
    with created(aws) as glue:
        glue.update_database(Name="life", DatabaseInput={"Name": "life", "Description": "new"})
        assert glue.get_database(Name="life")["Database"]["Description"] == "new"
        assert "life" in [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_database(Name="life")


def table(aws):
    with created(aws) as glue:
        given = {"Name": "t", "StorageDescriptor": columns("a")}
        glue.create_table(DatabaseName="life", TableInput=given)
        given = {"Name": "t", "StorageDescriptor": columns("a", "b")}
        glue.update_table(DatabaseName="life", TableInput=given)
        found = glue.get_table(DatabaseName="life", Name="t")["Table"]
        assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == ["a", "b"]
        assert len(glue.get_tables(DatabaseName="life")["TableList"]) == 1
        glue.delete_table(DatabaseName="life", Name="t")
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            glue.get_table(DatabaseName="life", Name="t")


def partition(aws):
    with created(aws) as glue:
        keys = [{"Name": "day", "Type": "string"}]
        described = {"Name": "t", "StorageDescriptor": columns("a"), "PartitionKeys": keys}
        glue.create_table(DatabaseName="life", TableInput=described)
        where = {"DatabaseName": "life", "TableName": "t"}
        given = {"Values": ["1"], "StorageDescriptor": columns("a")}
        glue.create_partition(**where, PartitionInput=given)
        assert glue.get_partition(**where, PartitionValues=["1"])["Partition"]["Values"] == ["1"]
        assert len(glue.get_partitions(**where)["Partitions"]) == 1
        glue.delete_partition(**where, PartitionValues=["1"])
        assert glue.get_partitions(**where)["Partitions"] == []
        several = [{**given, "Values": [value]} for value in ("2", "3")]
        glue.batch_create_partition(**where, PartitionInputList=several)
        changed = {"Values": ["2"], "StorageDescriptor": columns("a", "b")}
        entry = {"PartitionValueList": ["2"], "PartitionInput": changed}
        glue.batch_update_partition(**where, Entries=[entry])
        glue.batch_delete_partition(**where, PartitionsToDelete=[{"Values": ["3"]}])
        (found,) = glue.get_partitions(**where)["Partitions"]
        assert len(found["StorageDescriptor"]["Columns"]) == 2
        glue.delete_table(DatabaseName="life", Name="t")
