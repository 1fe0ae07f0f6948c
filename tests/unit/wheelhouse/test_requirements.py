"""requirements.txt contains pinned packages only; anything else is rejected with its line."""

import pytest

from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.wheelhouse.requirements import read_requirements

HASH = "a" * 64


def read(tmp_path, text):
    path = tmp_path / "requirements.txt"
    path.write_text(text)
    return read_requirements(path)


def test_pinned_packages_are_read(tmp_path):
    text = (
        "# the model\nLight_GBM == 4.6.0  # of Microsoft\n\n"
        f"skops[docs]==0.13 \\\n    --hash=sha256:{HASH}\n"
    )
    assert read(tmp_path, text) == {
        "light-gbm": frozenset(),
        "skops": frozenset({f"sha256:{HASH}"}),
    }


@pytest.mark.parametrize(
    "line",
    [
        *("lightgbm", "lightgbm>=4", "lightgbm==4.*", "-r others.txt", "-e .", "."),
        *("lightgbm @ https://example.com/a.whl", "--index-url https://example.com"),
        *("lightgbm==4.6.0 --hash=md5:abc", "lightgbm==4.6.0 --no-binary :all:"),
        *("lightgbm==4.6.0; python_version < '3.12'", "git+https://example.com/a.git"),
    ],
)
def test_other_lines_are_rejected(tmp_path, line):
    with pytest.raises(WheelhouseError, match=r"requirements.txt, line 2: .*pinned package"):
        read(tmp_path, f"numpy==2.0\n{line}\n")


def test_a_package_is_there_once(tmp_path):
    with pytest.raises(WheelhouseError, match="line 2: a-b is there twice"):
        read(tmp_path, "a_b==1\nA.B==2\n")
