"""COPY: the files, the formats, the role, and the errors of invalid rows."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.redshift.api.data_backend import control_plane
from local_cloud.redshift.s3.copy_formats import strptime, time_formats
from local_cloud.redshift.statement_errors import StatementFailed

ROLE = "IAM_ROLE '{role}'"


@pytest.fixture(autouse=True)
def table(cluster):
    """An empty table t, and an empty prefix in/."""
    cluster.run("drop table if exists t")
    for key in cluster.keys("in/"):
        cluster.s3.delete_object(Bucket="lake", Key=key)
    cluster.run(
        "create table t (id int not null, name varchar(5), code char(3), price decimal(8,2), "
        "ok boolean, day date, at timestamp)"
    )


def rows(cluster, columns="*"):
    return cluster.rows(f"select {columns} from t order by id")


def test_delimited_text_with_windows_line_ends(cluster):
    cluster.put(
        "in/a.txt",
        "1|one|ab |1.50|t|2008-01-02|2008-01-02 03:04:05\r\n"
        "2|\\N||\\N|N||2008-01-02 03:04:05.25\r\n",
    )
    described = cluster.run(f"COPY t FROM 's3://lake/in/' {ROLE} DELIMITER '|'")

    assert described["ResultRows"] == 2
    assert rows(cluster) == [
        (1, "one", "ab ", "1.50", True, "2008-01-02", "2008-01-02 03:04:05"),
        (2, None, "   ", None, False, None, "2008-01-02 03:04:05.25"),
    ]


def test_every_object_under_the_prefix_is_read(cluster):
    cluster.put("in/a_1", "1|a\n2|b")
    cluster.put("in/a_2", "3|c\n")
    cluster.put("in/b", "4|d\n")
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/a' {ROLE}")

    assert rows(cluster, "id, name") == [(1, "a"), (2, "b"), (3, "c")]


def test_a_manifest_names_the_objects(cluster):
    uri = cluster.put("in/x", "1|a\n")
    cluster.put("in/y", "2|b\n")
    entries = [{"url": uri, "mandatory": True}, {"url": "s3://lake/in/missing", "mandatory": False}]
    cluster.put("manifests/m", json.dumps({"entries": entries}))
    cluster.run(f"COPY t (id, name) FROM 's3://lake/manifests/m' {ROLE} MANIFEST")

    assert rows(cluster, "id") == [(1,)]
    entries[1]["mandatory"] = True
    cluster.put("manifests/m", json.dumps({"entries": entries}))
    assert "NoSuchKey" in cluster.error(
        f"COPY t (id, name) FROM 's3://lake/manifests/m' {ROLE} MANIFEST"
    )
    assert rows(cluster, "id") == [(1,)]  # what was read before the error is not loaded
    cluster.put("manifests/m", "[]")
    assert "Invalid manifest" in cluster.error(
        f"COPY t FROM 's3://lake/manifests/m' {ROLE} MANIFEST"
    )


def test_csv_with_quotes_and_a_header(cluster):
    cluster.put("in/a.csv", 'id,name\n1,"a,""b"\n2,"c\nd"\n3,e\n')
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} CSV IGNOREHEADER 1")

    assert rows(cluster, "id, name") == [(1, 'a,"b'), (2, "c\nd"), (3, "e")]


def test_csv_with_other_signs(cluster):
    cluster.put("in/a.csv", "1;%a;b%\n")
    cluster.run(
        f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} FORMAT AS CSV QUOTE '%' DELIMITER ';'"
    )

    assert rows(cluster, "id, name") == [(1, "a;b")]


def test_quotes_are_removed_and_what_is_between_them_stays_whole(cluster):
    cluster.put("in/a", '"1"|\'a|b\'\n2|c\n"3"|""\n')
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} REMOVEQUOTES")

    assert rows(cluster, "id, name") == [(1, "a|b"), (2, "c"), (3, "")]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("", [(1, ""), (2, "  "), (3, "none")]),
        ("EMPTYASNULL", [(1, None), (2, "  "), (3, "none")]),
        ("BLANKSASNULL", [(1, ""), (2, None), (3, "none")]),
        ("NULL AS 'none'", [(1, ""), (2, "  "), (3, None)]),
    ],
)
def test_what_represents_null(cluster, option, expected):
    cluster.put("in/a", "1|\n2|  \n3|none\n")
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} {option}")

    assert rows(cluster, "id, name") == expected


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("TIMEFORMAT 'MM/DD/YYYY HH:MI:SS'", "2/8/2008 10:48:31", "2008-02-08 10:48:31"),
        ("TIMEFORMAT AS 'YYYY-MM-DD HH:MI:SS'", "2008-02-08 10:48:31.5", "2008-02-08 10:48:31.5"),
        ("TIMEFORMAT 'auto'", "2/8/2008 10:48:31", "2008-02-08 10:48:31"),
        ("TIMEFORMAT 'auto'", "2008-02-08T10:48:31", "2008-02-08 10:48:31"),
        ("TIMEFORMAT 'auto'", "8-Feb-2008 10:48", "2008-02-08 10:48:00"),
        ("TIMEFORMAT 'epochsecs'", "1202467711", "2008-02-08 10:48:31"),
        ("TIMEFORMAT 'epochmillisecs'", "1202467711250", "2008-02-08 10:48:31.25"),
        ("TIMEFORMAT 'DD.MM.YYYY HH12:MI:SS AM'", "08.02.2008 10:48:31 PM", "2008-02-08 22:48:31"),
    ],
)
def test_forms_of_time(cluster, option, text, expected):
    cluster.put("in/a", f"1|{text}\n")
    cluster.run(f"COPY t (id, at) FROM 's3://lake/in/' {ROLE} {option}")

    assert rows(cluster, "at") == [(expected,)]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("DATEFORMAT 'DD/MM/YYYY'", "24/12/2008"),
        ("DATEFORMAT 'auto'", "20081224"),
        ("", "2008-12-24"),
    ],
)
def test_forms_of_date(cluster, option, text):
    cluster.put("in/a", f"1|{text}\n")
    cluster.run(f"COPY t (id, day) FROM 's3://lake/in/' {ROLE} {option}")

    assert rows(cluster, "day") == [("2008-12-24",)]


def test_a_form_that_nothing_means_is_refused():
    with pytest.raises(StatementFailed, match="unknown part 'QQ'"):
        strptime("QQ/YYYY", "DATEFORMAT")
    assert time_formats(None)[0] == "%Y-%m-%d %H:%M:%S"


def test_gzip(cluster):
    cluster.put("in/a.gz", gzip.compress(b"1|a\n"))
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} GZIP COMPUPDATE OFF STATUPDATE ON")

    assert rows(cluster, "id, name") == [(1, "a")]
    cluster.put("in/b.gz", "2|b\n")
    assert "is not a GZIP file" in cluster.error(f"COPY t FROM 's3://lake/in/b' {ROLE} GZIP")


def test_parquet(cluster):
    file = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2], "y": ["a", None]}), file)
    cluster.put("in/a.parquet", file.getvalue())
    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} FORMAT AS PARQUET")

    assert rows(cluster, "id, name") == [(1, "a"), (2, None)]
    pq.write_table(pa.table({"x": [3], "y": ["toolong"]}), file := io.BytesIO())
    cluster.put("in/b.parquet", file.getvalue())
    assert cluster.error(f"COPY t (id, name) FROM 's3://lake/in/b' {ROLE} PARQUET") == (
        "ERROR: value too long for type character varying(5)"
    )
    assert "has 2 columns" in cluster.error(f"COPY t FROM 's3://lake/in/' {ROLE} PARQUET")
    whole = file.getvalue()
    for broken in (b"", whole[:-9], whole[:-12] + b"\xff" * 4 + whole[-8:], b"PAR1" + whole[8:]):
        cluster.put("in/b.parquet", broken)
        assert "is not a Parquet file" in cluster.error(
            f"COPY t (id, name) FROM 's3://lake/in/b' {ROLE} PARQUET"
        )


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("x|a|b|1|t|2008-01-01|", "id (int4)", "Invalid digit, Type: Integer"),
        ("1.5|a|b|1|t|2008-01-01|", "id (int4)", "Invalid digit, Type: Integer"),
        ("99999999999|a|b|1|t|2008-01-01|", "id (int4)", "Overflow, Type: Integer"),
        ("|a|b|1|t|2008-01-01|", "id (int4)", "Missing data for not-null field"),
        ("2|toolong|b|1|t|2008-01-01|", "name (varchar)", "String length exceeds DDL length"),
        ("2|a|long|1|t|2008-01-01|", "code (bpchar)", "String length exceeds DDL length"),
        ("2|a|b|x|t|2008-01-01|", "price (numeric)", "Invalid digit, Type: Decimal"),
        ("2|a|b|1|maybe|2008-01-01|", "ok (bool)", "Unknown boolean format"),
        ("2|a|b|1|t|01/02/2008|", "day (date)", "Invalid Date Format"),
        ("2|a|b|1|t|2008-01-01|noon", "at (timestamp)", "Invalid timestamp format or value"),
        ("2|a", "name (varchar)", "Delimiter not found"),
        ("2|a|b|1|t|2008-01-01||more", "at (timestamp)", "Extra column(s) found"),
    ],
)
def test_a_bad_row_is_named_by_file_line_column_value_and_reason(cluster, line, column, reason):
    cluster.put("in/a", f"1|a|b|1|t|2008-01-01|\n{line}\n")
    said = cluster.error(f"COPY t FROM 's3://lake/in/' {ROLE}")

    assert said.startswith(
        "ERROR: Load into table 't' failed.  "
        "Check 'sys_load_error_detail' system table for details."
    )
    assert f"s3://lake/in/a, line 2, column {column}: {reason}; value: " in said
    assert rows(cluster) == []
    [found] = cluster.rows(
        "select line_number, trim(error_message) from sys_load_error_detail "
        "order by query_id desc limit 1"
    )
    assert found == (2, reason)


def test_stl_load_errors_keep_the_line_and_the_value(cluster):
    cluster.put("in/a", "1|toolong\n")
    cluster.error(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE}")

    [found] = cluster.rows(
        "select trim(filename), line_number, trim(colname), trim(col_length), trim(raw_line), "
        "trim(raw_field_value), err_code "
        "from stl_load_errors order by query desc limit 1"
    )
    assert found == ("s3://lake/in/a", 1, "name", "5", "1|toolong", "toolong", 1204)


def test_maxerror_leaves_bad_rows_out(cluster):
    cluster.put("in/a", "1|a\nx|b\n3|c\n")
    cluster.put("in/b", "4|toolong\n5|e\n")
    assert "failed" in cluster.error(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} MAXERROR 1")

    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} MAXERROR 2")
    assert rows(cluster, "id") == [(1,), (3,), (5,)]


def test_columns_are_cut_when_asked_for(cluster):
    cluster.put("in/a", "1|toolong|abcd\n")
    cluster.run(f"COPY t (id, name, code) FROM 's3://lake/in/' {ROLE} TRUNCATECOLUMNS")

    assert rows(cluster, "name, code") == [("toolo", "abc")]


def test_bytes_that_are_not_text(cluster):
    cluster.put("in/a", b"1|a\n2|\xff\n")
    said = cluster.error(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE}")
    assert "line 2" in said
    assert "Bad UTF8 hex sequence: ff" in said

    cluster.run(f"COPY t (id, name) FROM 's3://lake/in/' {ROLE} ACCEPTINVCHARS '^'")
    assert rows(cluster, "name") == [("a",), ("^",)]


def test_the_role_must_be_attached_and_must_be_allowed(cluster):
    cluster.put("in/a", "1|a\n")
    stranger = cluster.make_role("stranger", allowed=["s3:ListAllMyBuckets"])
    sql = f"COPY t (id, name) FROM 's3://lake/in/' IAM_ROLE '{stranger}'"
    assert f"is not authorized to assume IAM Role {stranger}" in cluster.error(sql)

    attached = control_plane(cluster.cloud).cluster("redline-test").iam_roles_arn
    attached.append(stranger)
    assert "ERROR: S3ServiceException:" in cluster.error(sql)


def test_the_role_must_trust_redshift(cluster):
    other = cluster.make_role("other", allowed=["s3:*"], principal="lambda.amazonaws.com")
    control_plane(cluster.cloud).cluster("redline-test").iam_roles_arn.append(other)
    said = cluster.error(f"COPY t (id, name) FROM 's3://lake/in/' IAM_ROLE '{other}'")

    assert f"is not authorized to assume IAM Role {other}" in said


def test_places_that_do_not_exist(cluster):
    assert cluster.error(f"COPY t FROM 's3://lake/in/none' {ROLE}") == (
        "ERROR: The specified S3 prefix 'in/none' does not exist"
    )
    assert "NoSuchBucket" in cluster.error(f"COPY t FROM 's3://elsewhere/x' {ROLE}")
    assert "is not an S3 path" in cluster.error(f"COPY t FROM '/etc/passwd' {ROLE}")
    assert 'relation "nothing" does not exist' in cluster.error(f"COPY nothing FROM 'x' {ROLE}")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("LZOP", "the COPY option LZOP is not supported"),
        ("FORMAT AS AVRO 'auto'", "the COPY format AVRO is not supported"),
        ("JSON 'noshred'", "JSON 'noshred' is not supported"),
        ("JSON 'auto' ESCAPE", "JSON is not compatible with ESCAPE"),
        ("FIXEDWIDTH '1:2' DELIMITER ','", "FIXEDWIDTH is not compatible with DELIMITER"),
        ("FIXEDWIDTH 'x'", "invalid FIXEDWIDTH specification"),
        ("CSV CSV", "conflicting or redundant options"),
        ("CSV REMOVEQUOTES", "CSV is not compatible with REMOVEQUOTES"),
        ("PARQUET DELIMITER '|'", "DELIMITER argument is not supported for PARQUET"),
        ("QUOTE '%'", "QUOTE is only valid with CSV"),
        ("DELIMITER '||'", "must be a single character"),
        ("'stray'", 'syntax error at or near "stray"'),
    ],
)
def test_options_that_are_not_carried_out_are_refused(cluster, options, said):
    assert said in cluster.error(f"COPY t FROM 's3://lake/in/' {ROLE} {options}")


def test_a_role_must_be_given(cluster):
    assert "add IAM_ROLE" in cluster.error("COPY t FROM 's3://lake/in/'")
    assert "IAM_ROLE default" in cluster.error("COPY t FROM 's3://lake/in/' IAM_ROLE default")
