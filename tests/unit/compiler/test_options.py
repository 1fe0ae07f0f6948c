"""Options select the structure of a pipeline; other arguments are not options."""

from __future__ import annotations

from typing import Literal

import pytest

from pipeline_code.compiler import CompileError, Request, compiled, compiled_all
from pipeline_code.compiler.__main__ import main
from pipeline_code.compiler.errors import DefinitionError, OptionError
from pipeline_code.compiler.options import check_options, parse_options
from tests.application.environments import ROOT


def pipeline(
    *, source: Literal["lake", "warehouse"] = "lake", trainer: Literal["own"] = "own"
) -> None:
    """A function like the function of a pipeline.py."""


def test_a_known_option_with_a_known_value_is_taken():
    check_options("small", pipeline, {})
    check_options("small", pipeline, {"source": "warehouse", "trainer": "own"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sauce": "lake"}, "small has no option 'sauce': allowed are source, trainer"),
        ({"source": "see"}, "option 'source' of small is 'see': allowed are lake, warehouse"),
    ],
)
def test_anything_else_is_refused_by_name(options, said):
    with pytest.raises(OptionError, match=said):
        check_options("small", pipeline, options)


def test_a_pipeline_without_options_says_so():
    with pytest.raises(OptionError, match="no option 'source': it has no options"):
        check_options("small", lambda: None, {"source": "lake"})


def without_default(*, source: Literal["lake"]) -> None: ...
def positional(source: Literal["lake"] = "lake") -> None: ...
def any_text(*, source: str = "lake") -> None: ...


@pytest.mark.parametrize("make", [without_default, positional, any_text])
def test_an_argument_that_is_no_option_is_a_fault_of_the_pipeline(make):
    with pytest.raises(DefinitionError, match=r"'source' of pipeline\(\) in pipeline_code/small"):
        check_options("small", make, {})


def test_options_of_the_command_line():
    assert parse_options(["source=lake", "note=a=b"]) == {"source": "lake", "note": "a=b"}


@pytest.mark.parametrize("text", ["source", "=lake", "source="])
def test_a_malformed_option_of_the_command_line(text):
    with pytest.raises(OptionError, match="is not of the form NAME=VALUE"):
        parse_options([text])


def test_a_file_takes_no_options(path, capsys):
    assert main(["lint", str(path), "--option", "extraction=unload"]) == 2
    assert "options are for pipelines only" in capsys.readouterr().err


def test_each_choice_is_compiled_and_cached_separately():
    plain, chosen = compiled_all(
        [Request("demand", {}, ROOT), Request("demand", {"extraction": "unload"}, ROOT)]
    )
    assert plain.body != chosen.body
    assert compiled("demand", options={"extraction": "dataset"}, root=ROOT) == plain


def test_an_unknown_choice_is_reported_to_the_caller(tmp_path):
    said = "option 'extraction' of demand is 'guess': allowed are dataset, unload"
    with pytest.raises(CompileError, match=said):
        compiled("demand", options={"extraction": "guess"}, root=ROOT, build_folder=tmp_path)
    assert list(tmp_path.glob("*.json")) == []
