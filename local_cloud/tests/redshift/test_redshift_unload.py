"""UNLOAD: the files, their contents, and rejected statements."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow.parquet as pq
import pytest

from local_cloud import redshift

ADMINISTRATOR = "arn:aws:iam::123456789012:user/administrator"
ROLE = "IAM_ROLE '{role}'"
COLUMNS = "id int, name varchar(30), code char(3), price decimal(8,2), ok boolean, day date"
VALUES = (
    "(1, 'plain', 'ab', 1.50, true, '2008-01-02'), "
    "(2, 'with,comma \"and\" quote', null, null, false, null), "
    "(3, null, 'c', 0.25, null, '2008-01-03')"
)


@pytest.fixture(scope="module", autouse=True)
def table(cluster):
    """A table `t` with three rows, and a table `many` with 20 rows."""
    cluster.run(f"create table t ({COLUMNS})")
    cluster.run(f"insert into t values {VALUES}")
    digits = " union all ".join(f"select {n} as n" for n in range(20))
    cluster.run(f"create table many as select n, n % 2 = 0 as even from ({digits})")


@pytest.fixture(autouse=True)
def empty(cluster):
    """An empty prefix out/."""
    for key in cluster.keys("out/"):
        cluster.s3.delete_object(Bucket="lake", Key=key)


def text(cluster, key):
    return cluster.get(key).decode()


def unload(cluster, query, options, prefix="out/x_"):
    cluster.run(f"UNLOAD ($${query}$$) TO 's3://lake/{prefix}' {ROLE} {options}")
    return cluster.keys("out/")


def test_each_slice_that_holds_rows_writes_a_file(cluster):
    keys = unload(cluster, "select n from many", "")

    assert keys == [f"out/x_000{n}_part_00" for n in range(8)]
    numbers = [int(line) for key in keys for line in text(cluster, key).splitlines()]
    assert sorted(numbers) == list(range(20))


def test_no_row_writes_no_file(cluster):
    assert unload(cluster, "select n from many where 1 = 0", "CSV HEADER MANIFEST") == []


def test_delimited_text(cluster):
    [key] = unload(cluster, "select * from t order by id", "PARALLEL OFF")

    assert key == "out/x_000"
    assert text(cluster, key) == (
        '1|plain|ab|1.50|t|2008-01-02\n2|with,comma "and" quote|||f|\n3||c|0.25||2008-01-03\n'
    )


def test_csv_quotes_what_needs_it(cluster):
    [key] = unload(cluster, "select * from t order by id", "FORMAT AS CSV HEADER PARALLEL OFF")

    assert text(cluster, key) == (
        "id,name,code,price,ok,day\n"
        "1,plain,ab,1.50,t,2008-01-02\n"
        '2,"with,comma ""and"" quote",,,f,\n'
        "3,,c,0.25,,2008-01-03\n"
    )


def test_json_has_an_object_on_each_line(cluster):
    sql = "select id, name, price, ok, day, 1.5::float8 as f from t order by id"
    [key] = unload(cluster, sql, "JSON PARALLEL OFF")

    assert [json.loads(line) for line in text(cluster, key).splitlines()] == [
        {"id": 1, "name": "plain", "price": 1.5, "ok": "t", "day": "2008-01-02", "f": 1.5},
        {"id": 2, "name": 'with,comma "and" quote', "price": None, "ok": "f"}
        | {"day": None, "f": 1.5},
        {"id": 3, "name": None, "price": 0.25, "ok": None, "day": "2008-01-03", "f": 1.5},
    ]


def test_escaped_text_comes_back_through_copy(cluster):
    cluster.run("create table hard (id int, name varchar(40))")
    cluster.run("insert into hard values (1, 'a|b'), (2, 'c\\\\d'), (3, 'e\\nf')")
    sql = "select * from hard order by id"
    [key] = unload(cluster, sql, "ESCAPE PARALLEL OFF")
    assert text(cluster, key) == "1|a\\|b\n2|c\\\\d\n3|e\\\nf\n"
    cluster.run("create table soft (like hard)")
    cluster.run(f"copy soft from 's3://lake/{key}' {ROLE} escape")
    assert cluster.rows("select * from soft order by id") == [
        (1, "a|b"),
        (2, "c\\d"),
        (3, "e\nf"),
    ]


def test_two_columns_may_have_one_name(cluster):
    [key] = unload(cluster, "select 1, 'a', 2.5", "PARALLEL OFF")
    assert text(cluster, key) == "1|a|2.5\n"


def test_quotes_null_strings_and_delimiters(cluster):
    options = "DELIMITER AS '\\t' ADDQUOTES NULL AS 'NULL' HEADER PARALLEL OFF"
    [key] = unload(cluster, "select id, name from t where id <> 2 order by id", options)

    assert text(cluster, key) == '"id"\t"name"\n"1"\t"plain"\n"3"\tNULL\n'


def test_gzip_and_extensions(cluster):
    [key] = unload(cluster, "select 1", "GZIP")
    assert key == "out/x_0000_part_00.gz"
    assert gzip.decompress(cluster.get(key)) == b"1\n"

    [_, other] = unload(cluster, "select 1", "CSV EXTENSION 'csv'", prefix="out/y_")
    assert other == "out/y_0000_part_00.csv"


def test_parquet_is_typed(cluster):
    query = (
        "select id, name, code, price, ok, day, sum(id) as total from t group by 1, 2, 3, 4, 5, 6"
    )
    keys = unload(cluster, query, "PARQUET")

    assert keys[0] == "out/x_0000_part_00.parquet"
    schema = pq.read_schema(io.BytesIO(cluster.get(keys[0])))
    assert [(field.name, str(field.type)) for field in schema] == [
        ("id", "int32"),
        ("name", "string"),
        ("code", "string"),
        ("price", "decimal128(8, 2)"),
        ("ok", "bool"),
        ("day", "date32[day]"),
        ("total", "int64"),
    ]


def test_partitions(cluster):
    keys = unload(
        cluster, "select id, ok, day from t", "CSV PARTITION BY (ok, day)", prefix="out/p"
    )

    assert keys == [
        "out/p/ok=__HIVE_DEFAULT_PARTITION__/day=2008-01-03/0000_part_00",
        "out/p/ok=f/day=__HIVE_DEFAULT_PARTITION__/0000_part_00",
        "out/p/ok=t/day=2008-01-02/0000_part_00",
    ]
    assert text(cluster, keys[2]) == "1\n"


def test_partition_columns_stay_when_included(cluster):
    keys = unload(
        cluster, "select id, ok from t where id = 1", "CSV PARTITION BY (ok) INCLUDE", "out/p/"
    )

    assert text(cluster, keys[0]) == "1,t\n"


def test_manifests(cluster):
    unload(cluster, "select id, name, price from t where id = 1", "CSV MANIFEST VERBOSE")
    manifest = json.loads(text(cluster, "out/x_manifest"))

    assert manifest["entries"] == [
        {
            "url": "s3://lake/out/x_0000_part_00",
            "meta": {"content_length": 13, "record_count": 1},
        }
    ]
    assert manifest["schema"]["elements"][1:] == [
        {"name": "name", "type": {"base": "character varying", "max_length": 30}},
        {"name": "price", "type": {"base": "numeric", "precision": 8, "scale": 2}},
    ]
    assert manifest["meta"]["record_count"] == 1
    assert manifest["author"]["name"] == "Amazon Redshift"


def test_existing_files_are_not_overwritten_unasked(cluster):
    unload(cluster, "select n from many", "")
    said = cluster.error(f"UNLOAD ('select 1') TO 's3://lake/out/x_' {ROLE}")
    assert said.startswith("ERROR: Specified unload destination on S3 is not empty.")

    assert len(unload(cluster, "select 1", "ALLOWOVERWRITE")) == 8
    assert unload(cluster, "select 1", "CLEANPATH") == ["out/x_0000_part_00"]


def test_quotes_within_the_query(cluster):
    for number, query in enumerate(("'select ''a'' || \\'b\\''", "$$select 'ab'$$")):
        cluster.run(f"UNLOAD ({query}) TO 's3://lake/out/{number}_' {ROLE}")

        assert text(cluster, f"out/{number}_0000_part_00") == "ab\n"


def test_files_are_encrypted_with_the_key_given(cluster):
    key = cluster.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    [name] = unload(cluster, "select 1", f"KMS_KEY_ID '{key}' ENCRYPTED")
    head = cluster.s3.head_object(Bucket="lake", Key=name)

    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == key


def test_large_results_are_cut_into_parts(cluster):
    wide = "select repeat('x', 1000) as w from many a, many b, many c"
    keys = unload(cluster, wide, "PARALLEL OFF MAXFILESIZE 5 MB")

    assert keys == ["out/x_000", "out/x_001"]
    assert sum(len(cluster.get(key).splitlines()) for key in keys) == 8000


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UNLOAD ('select 1 limit 1') TO 's3://lake/out/' {r}", "Limit clause is not supported"),
        ("UNLOAD ('delete from t') TO 's3://lake/out/' {r}", "UNLOAD takes a SELECT query"),
        ("UNLOAD ('select 1; select 2') TO 's3://lake/out/' {r}", "multiple commands"),
        ("UNLOAD ('select nope') TO 's3://lake/out/' {r}", '"nope"'),
        ("UNLOAD ('select 1') TO 's3://lake/out/'", "add IAM_ROLE"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} ZSTD", "the UNLOAD option ZSTD"),
        ("UNLOAD ('select 1, 2') TO 's3://lake/out/' {r} JSON", "unique name for each column"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} JSON HEADER", "not compatible with HEADER"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} PARQUET GZIP", "not compatible with GZIP"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} FIXEDWIDTH 'a:1,b:1'", "the query has 1"),
        ("UNLOAD ('select 12') TO 's3://lake/out/' {r} FIXEDWIDTH 'a:1'", "column 1 is too long"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} CSV ADDQUOTES", "not compatible"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} CLEANPATH ALLOWOVERWRITE", "together"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} KMS_KEY_ID 'k'", "needs the ENCRYPTED"),
        ("UNLOAD ('select 1') TO 's3://lake/out/' {r} MAXFILESIZE 1 MB", "between 5 MB"),
        ("UNLOAD ('select 1 as a') TO 's3://lake/out/' {r} PARTITION BY (b)", '"b" is not in'),
        ("UNLOAD ('select 1 as a') TO 's3://lake/out/' {r} PARTITION BY (a)", "at least one"),
        ("UNLOAD ('select 1') TO 's3://elsewhere/out/' {r}", "NoSuchBucket"),
    ],
)
def test_what_cannot_be_unloaded_is_refused(cluster, sql, said):
    assert said in cluster.error(sql.replace("{r}", ROLE))
    assert cluster.keys("out/") == []


@pytest.mark.parametrize(
    ("unloaded", "copied"),
    [
        ("CSV", "CSV EMPTYASNULL"),
        ("CSV HEADER GZIP", "CSV IGNOREHEADER 1 GZIP EMPTYASNULL"),
        ("ADDQUOTES DELIMITER '\\t' NULL AS '@'", "REMOVEQUOTES DELIMITER '\\t' NULL AS '@'"),
        ("PARQUET", "PARQUET"),
    ],
)
def test_what_was_unloaded_can_be_copied_back(cluster, unloaded, copied):
    query = "select id, replace(name, '\"', '') as name, code, price, ok, day from t"
    unload(cluster, query, unloaded)
    cluster.run("drop table if exists back")
    cluster.run(f"create table back ({COLUMNS})")
    cluster.run(f"COPY back FROM 's3://lake/out/' {ROLE} {copied}")

    assert cluster.rows("select * from back order by id") == cluster.rows(f"{query} order by id")


@pytest.mark.parametrize(
    ("form", "compression", "suffix"),
    [("CSV", None, ""), ("CSV", "GZIP", ".gz"), ("PARQUET", "SNAPPY", ".parquet")],
)
def test_a_dataset_of_a_job(cluster, form, compression, suffix):
    def run():
        dataset = redshift.Dataset(
            cluster_identifier="redline-test",
            database="redline",
            db_user="admin",
            query="select n, even, 'it''s \\\\' as s from many",
            s3_uri="s3://lake/out/job/",
            role_arn=cluster.role,
            caller_arn=ADMINISTRATOR,
            output_format=form,
            compression=compression,
        )
        return redshift.unload(cluster.cloud, dataset)

    uris = run()

    assert uris == [f"s3://lake/out/job/000{n}_part_00{suffix}" for n in range(8)]
    assert run() == uris


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"query": "select * from nothing"}, 'relation "nothing" does not exist'),
        ({"query": "select * from many", "db_user": "guest"}, 'user "guest" does not exist'),
        ({"output_format": "ORC"}, "OutputFormat 'ORC' must be one of"),
        ({"compression": "BZIP2"}, "OutputCompression 'BZIP2'"),
    ],
)
def test_a_dataset_that_cannot_be_made_says_why(cluster, change, said):
    request = {
        "cluster_identifier": "redline-test",
        "database": "redline",
        "db_user": "admin",
        "query": "select 1",
        "s3_uri": "s3://lake/out/job/",
        "role_arn": cluster.role,
        "caller_arn": ADMINISTRATOR,
        "output_format": "CSV",
    }
    with pytest.raises(redshift.StatementFailed, match=said):
        redshift.unload(cluster.cloud, redshift.Dataset(**(request | change)))
