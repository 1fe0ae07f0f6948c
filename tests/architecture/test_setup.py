"""The set-up of `make` survives a busy machine and the settings of the shell."""

from __future__ import annotations

import os
import re
import subprocess

import pytest


@pytest.fixture
def seen(repository):
    """Return the value of a variable in the commands of the Makefile."""

    def value(name, **shell):
        rule = f"hostile-shown: ; @printenv {name} || true"
        done = subprocess.run(
            ["make", "--silent", "--eval", rule, "hostile-shown"],
            cwd=repository,
            env={**os.environ, **shell},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    return value


@pytest.mark.parametrize(
    ("name", "default"), [("UV_COMPILE_BYTECODE_TIMEOUT", 60), ("UV_HTTP_TIMEOUT", 30)]
)
def test_uv_waits_longer_than_by_default(seen, monkeypatch, name, default):
    """https://docs.astral.sh/uv/reference/environment/"""
    monkeypatch.delenv(name, raising=False)
    assert int(seen(name)) > default
    assert seen(name, **{name: "7"}) == "7"


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "PYTHONSTARTUP"])
def test_settings_of_python_in_the_shell_are_not_used(seen, name):
    assert seen(name, **{name: "/shadows"}) == ""


def test_a_failed_installation_says_that_a_second_one_continues(repository):
    text = (repository / "Makefile").read_text()
    assert re.search(r"^CONTINUE := .*Run the same command again", text, re.MULTILINE)
    rules = text[text.index("$(VENV)/.installed-synth:") : text.index("$(AUDIT)/.installed:")]
    downloads = [line for line in rules.splitlines() if line.startswith(("\t$(INSTALL)", "\tnpm"))]
    assert len(downloads) == 4
    assert all(line.endswith("$(CONTINUE)") for line in downloads)
