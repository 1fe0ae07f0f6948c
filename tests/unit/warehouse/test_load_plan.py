"""The source of each file of a load, and the files that nothing reads."""

from __future__ import annotations

import pytest
from rich.console import Console

from warehouse import LoadError
from warehouse.data_sets import DataSet
from warehouse.load_plan import LoadPlan, check_sources, plan_load
from warehouse.load_report import print_files

NAMES = {"shop": ["sold.csv", "calls.txt"], "farm": ["cows.csv"]}
SETS = [DataSet(name) for name in NAMES]


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """The data sets `shop` and `farm`."""
    monkeypatch.setattr(DataSet, "files", lambda self: NAMES[self.name])


@pytest.fixture
def folder(tmp_path):
    """Return a function that creates files in a folder with real files."""

    def create(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).touch()
        return tmp_path

    return create


def sources(plan):
    return {f"{each.data_set}/{each.name}": each.real and each.real.name for each in plan.files}


def test_without_a_folder_every_file_is_generated():
    plan = plan_load(SETS, None)
    assert set(sources(plan).values()) == {None}
    assert plan.ignored == ()


def test_a_real_file_may_be_gzipped_and_other_files_are_ignored(folder):
    data = folder("README", "shop/sold.csv.gz", "shop/old/calls.txt", "horses/a.csv", "cows.csv")
    plan = plan_load(SETS, data)
    assert sources(plan) == {
        "shop/sold.csv": "sold.csv.gz",
        "shop/calls.txt": None,
        "farm/cows.csv": None,
    }
    assert plan.ignored == ("README", "cows.csv", "horses/a.csv", "shop/old/calls.txt")


def test_of_a_plain_and_a_gzipped_file_the_gzipped_one_is_ignored(folder):
    plan = plan_load(SETS, folder("shop/sold.csv.gz", "shop/sold.csv"))
    assert sources(plan)["shop/sold.csv"] == "sold.csv"
    assert plan.ignored == ("shop/sold.csv.gz",)


def test_the_folder_must_exist_and_contain_a_data_set(folder):
    data = folder("sold.csv")
    with pytest.raises(LoadError, match="contains no data set: .* some of shop/, farm/"):
        plan_load(SETS, data)
    with pytest.raises(LoadError, match="sold.csv is not a folder"):
        plan_load(SETS, data / "sold.csv")


def test_without_generated_data_all_missing_files_are_named(folder):
    data = folder("shop/sold.csv")
    with pytest.raises(LoadError) as refused:
        check_sources(plan_load(SETS, data), "prod", data)
    assert "prod was deployed without generated_data=True" in str(refused.value)
    assert f"{data} lacks: shop/calls.txt, farm/cows.csv. Nothing was changed" in str(refused.value)
    with pytest.raises(LoadError, match=r"no folder with real files is given.*ENV=prod DATA=DIR"):
        check_sources(plan_load(SETS, None), "prod", None)


def test_complete_real_files_need_no_generated_data(folder):
    data = folder("shop/sold.csv", "shop/calls.txt.gz", "farm/cows.csv")
    check_sources(plan_load(SETS, data), "prod", data)


def test_the_report_has_a_line_for_each_file(folder, capsys):
    print_files("Files", plan_load(SETS, folder("shop/sold.csv.gz", "[red].csv")), Console())
    assert capsys.readouterr().out.splitlines() == [
        "Files:",
        "  used       shop/sold.csv.gz",
        "  generated  shop/calls.txt",
        "  generated  farm/cows.csv",
        "  ignored    [red].csv (no data set reads it)",
    ]


def test_a_long_list_of_ignored_files_is_cut(capsys):
    print_files("Files", LoadPlan((), tuple(str(number) for number in range(1021))), Console())
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 22
    assert shown[-1] == "  ignored    1,001 more files"
