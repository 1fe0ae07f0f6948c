"""Splitting SQL into statements."""

import pytest

from warehouse.sql_splitter import StatementError, only_statement, split_statements

CASES = {
    "two": ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
    "none": (" \n-- nothing\n/* at all */ ;;", []),
    "line comment": ("SELECT 1 -- one; two\n;", ["SELECT 1"]),
    "block comment": ("SELECT /* ; */ 1;", ["SELECT   1"]),
    "comment between words": ("SELECT/**/1;", ["SELECT 1"]),
    "nested comment": ("SELECT /* a /* ; */ ; */ 1;", ["SELECT   1"]),
    "quote": ("SELECT 'a;b', 'it''s;' ;", ["SELECT 'a;b', 'it''s;'"]),
    "backslash": (r"SELECT 'it\'s;', '\\';", [r"SELECT 'it\'s;', '\\'"]),
    "comment in a quote": ("SELECT '-- no', '/* no';", ["SELECT '-- no', '/* no'"]),
    "quote in a comment": ("SELECT 1; -- don't\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
    "identifier": ('SELECT "a;""b" FROM t;', ['SELECT "a;""b" FROM t']),
    "dollars": ("CREATE F AS $$ a; b $$; SELECT 1;", ["CREATE F AS $$ a; b $$", "SELECT 1"]),
    "tagged dollars": (
        "CREATE P AS $body$ a; $$ ; ' $body$ LANGUAGE x;",
        ["CREATE P AS $body$ a; $$ ; ' $body$ LANGUAGE x"],
    ),
    "parameter": ("SELECT $1, a$b; SELECT 2;", ["SELECT $1, a$b", "SELECT 2"]),
    "copy": ("COPY t FROM 's3://b/f' DELIMITER '\\t' NULL AS '\\\\N';",
             ["COPY t FROM 's3://b/f' DELIMITER '\\t' NULL AS '\\\\N'"]),
    "minus": ("SELECT 1 - -1;", ["SELECT 1 - -1"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_text_is_split_at_the_ends_of_statements(case):
    sql, statements = CASES[case]
    assert split_statements(sql) == statements


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1;\n\nSELECT\n 2", "line 3: the last statement has no final semicolon"),
        ("SELECT 1;\nSELECT 'a;\n", "line 2: ' is not closed"),
        ('SELECT "a;', 'line 1: " is not closed'),
        ("SELECT 1;\n/* a /* b */ ;", r"line 2: /\* is not closed"),
        ("\n\nCREATE F AS $x$ a; $$;", r"line 3: \$x\$ is not closed"),
    ],
)
def test_an_unclosed_part_raises_an_error_with_its_line(sql, message):
    with pytest.raises(StatementError, match=message):
        split_statements(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a;--b'",
        "SELECT 'a;--b';",
        "SELECT 'a;--b' ; ; -- the end",
        "-- rows\nSELECT 'a;--b' -- the end",
        "/* rows; */ SELECT 'a;--b'; /* the end */",
    ],
)
def test_a_query_may_end_with_a_semicolon_and_a_comment(sql):
    assert only_statement(sql) == "SELECT 'a;--b'"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "there is no statement"),
        ("-- SELECT 1\n;", "there is no statement"),
        ("SELECT 1;\n\n-- x\nDROP TABLE t", "line 4: a second statement begins here"),
        ("SELECT 1; DROP TABLE t;", "line 1: a second statement begins here"),
        ("SELECT 1\n/* a", r"line 2: /\* is not closed"),
    ],
)
def test_other_than_one_statement_raises_an_error_with_its_line(sql, message):
    with pytest.raises(StatementError, match=message):
        only_statement(sql)


def test_load_sql_has_two_statements_per_table(repository):
    path = repository / "pipeline_code" / "tickit" / "sample_data" / "load.sql"
    found = split_statements(path.read_text())
    assert len(found) == 14
    assert [each.split()[0] for each in found] == ["DELETE", "COPY"] * 7
