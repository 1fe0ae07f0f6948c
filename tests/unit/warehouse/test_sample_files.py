"""Which files are loaded, and where they come from."""

import gzip
import sys
from pathlib import Path

import pytest

from warehouse import sample_files
from warehouse.deployment import Deployment
from warehouse.errors import LoadError
from warehouse.sample_files import copied_files, load_statements, prepare

DEPLOYMENT = Deployment(
    lake_bucket="lake",
    cluster="redline-test",
    database="redline",
    admin_secret_arn="arn:secret",
    warehouse_role_arn="arn:role",
)
FILES = {
    "users": "allusers_pipe.txt",
    "venue": "venue_pipe.txt",
    "category": "category_pipe.txt",
    "date": "date2008_pipe.txt",
    "event": "allevents_pipe.txt",
    "listing": "listings_pipe.txt",
    "sales": "sales_tab.txt",
}


def test_statements_name_the_deployed_bucket_and_role():
    statements = load_statements(DEPLOYMENT)
    assert "'s3://lake/incoming/tickit/allusers_pipe.txt'" in statements[1]
    assert "IAM_ROLE 'arn:role'" in statements[1]
    assert not any("$" in statement for statement in statements)


def test_every_copied_table_has_its_published_file():
    assert copied_files(load_statements(DEPLOYMENT)) == FILES


@pytest.fixture
def generator(monkeypatch):
    """Stands for the generator: writes `generated` for each file that DIR lacks."""
    script = (
        "import sys, pathlib; out = pathlib.Path(sys.argv[sys.argv.index('--output') + 1]); "
        "real = pathlib.Path(sys.argv[-1]); "
        "names = ['venue_pipe.txt', 'sales_tab.txt']; "
        "[(out.joinpath(n).write_text('generated'), print('generated', n)) for n in names "
        "if not any(real.joinpath(n + end).exists() for end in ('', '.gz'))]"
    )
    run = sample_files.subprocess.run

    def stand_in(command, **options):
        return run([sys.executable, "-c", script, *command[3:]], **options)

    monkeypatch.setattr(sample_files.subprocess, "run", stand_in)


def test_real_files_are_taken_uncompressed_and_missing_ones_generated(generator, tmp_path):
    real, folder = tmp_path / "data" / "tickit", tmp_path / "folder"
    real.mkdir(parents=True)
    folder.mkdir()
    (real / "venue_pipe.txt.gz").write_bytes(gzip.compress(b"real"))
    told = prepare(["venue_pipe.txt", "sales_tab.txt"], folder, tmp_path / "data")
    assert told == ["generated sales_tab.txt"]
    assert (folder / "venue_pipe.txt").read_text() == "real"
    assert (folder / "sales_tab.txt").read_text() == "generated"


def test_without_data_everything_is_generated(generator, tmp_path):
    told = prepare(["venue_pipe.txt", "sales_tab.txt"], tmp_path, None)
    assert told == ["generated venue_pipe.txt", "generated sales_tab.txt"]


def test_a_file_that_nobody_makes_is_named(generator, tmp_path):
    with pytest.raises(LoadError, match="other.txt neither found in None nor generated"):
        prepare(["other.txt"], tmp_path, None)


def test_data_must_hold_the_data_sets_folder(tmp_path):
    with pytest.raises(LoadError, match=r"tickit is no folder: --data takes a folder that holds"):
        prepare(["venue_pipe.txt"], tmp_path / "folder", tmp_path)


def test_a_generator_that_fails_is_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(sample_files, "DATA_SET", "nothing")
    with pytest.raises(LoadError, match=r"(?s)could not be generated:.*nothing"):
        prepare(["venue_pipe.txt"], Path(tmp_path), None)
