"""A job runs a step, reads its settings and reports a failure."""

import errno
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline_code.runtime.container import Container, current_container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.job import main
from pipeline_code.runtime.job_errors import SettingError


@pytest.fixture
def opt_ml(tmp_path, monkeypatch):
    """The folder of a training job; its `package` is a pipeline with the steps good and bad."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    config = tmp_path / "input" / "config"
    config.mkdir(parents=True)
    hosts = {"current_host": "algo-2", "hosts": ["algo-2", "algo-1"]}
    (config / "resourceconfig.json").write_text(json.dumps(hosts))
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "good.py").write_text("def run(container):\n    print(container.host)\n")
    (package / "bad.py").write_text("def run(container):\n    {}['price']\n")
    (package / "refusing.py").write_text(
        "from pipeline_code.runtime.job_errors import DataError\n"
        "def run(container):\n    raise DataError('column ä: ' + 'ü' * 2000)\n"
    )
    (package / "filling.py").write_text(
        "import errno\n"
        "def run(container):\n"
        "    (container.model / 'large').touch()\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
    )
    (package / "greedy.py").write_text("def run(container):\n    raise MemoryError('8 GiB')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


def test_a_step_runs_with_its_container(opt_ml, capsys):
    assert main("shop", ["good"]) == 0
    assert capsys.readouterr().out.startswith("algo-2\nshop.good done in 0.0")
    assert not (opt_ml / "output").exists()


def test_a_step_uses_as_many_threads_as_its_environment_allows(opt_ml):
    before = dict(os.environ)
    main("shop", ["good"])
    assert dict(os.environ) == before


def test_a_failed_training_job_names_the_reason_and_the_line(opt_ml, capsys):
    assert main("shop", ["bad"]) == 1
    assert (opt_ml / "output/failure").read_text() == "KeyError: 'price' (bad.py, line 2)"
    assert "Traceback" in capsys.readouterr().err


def test_failure_of_processing_is_at_most_1_kb_of_whole_characters(opt_ml, capsys):
    (opt_ml / "config").mkdir()
    (opt_ml / "config/processingjobconfig.json").write_text("{}")
    assert main("shop", ["refusing"]) == 1
    written = (opt_ml / "output/message").read_bytes()
    assert written.decode().startswith("column ä: üüü")
    assert 1022 <= len(written) <= 1024
    assert "DataError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            "filling",
            "the disk is full: give the step's Instances a larger volume_gb: [Errno 28]",
        ),
        ("greedy", "the memory is full: name a larger instance type: 8 GiB (greedy.py, line 2)"),
    ],
)
def test_a_full_disk_or_memory_is_named_with_what_to_do(opt_ml, capsys, step, reason):
    assert main("shop", [step]) == 1
    assert (opt_ml / "output/failure").read_text().startswith(reason)
    assert "Traceback" in capsys.readouterr().err


def test_a_reason_for_which_no_room_is_left_takes_that_of_the_outputs(opt_ml, monkeypatch, capsys):
    write = Path.write_text

    def write_where_there_is_room(path, text, **options):
        if (opt_ml / "model/large").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, text, **options)

    monkeypatch.setattr(Path, "write_text", write_where_there_is_room)
    assert main("shop", ["filling"]) == 1
    assert (opt_ml / "output/failure").read_text().startswith("the disk is full")
    assert "Traceback" in capsys.readouterr().err


def test_unknown_step_is_a_failure_too(opt_ml, capsys):
    assert main("shop", ["nothing"]) == 1
    assert "No module named 'shop.nothing'" in (opt_ml / "output/failure").read_text()


def test_hosts_have_one_order(opt_ml):
    assert current_container().hosts == ["algo-1", "algo-2"]
    assert current_container().host == "algo-2"


def test_the_first_host_writes_the_model(opt_ml):
    assert not current_container().is_first_host
    hosts = {"current_host": "algo-1", "hosts": ["algo-2", "algo-1"]}
    (opt_ml / "input/config/resourceconfig.json").write_text(json.dumps(hosts))
    assert current_container().is_first_host


def test_opt_ml_is_the_default(monkeypatch):
    monkeypatch.delenv("SAGEMAKER_BASE_DIR", raising=False)
    assert current_container().channel("train").as_posix() == "/opt/ml/input/data/train"


def test_several_hosts_are_refused_for_what_cannot_be_distributed(opt_ml):
    with pytest.raises(SettingError, match="InstanceCount is 2, must be 1: the forest cannot be"):
        current_container().require_one_host("the forest")


def test_the_folder_of_checkpoints(opt_ml):
    assert current_container().checkpoints is None
    path = opt_ml / "input/config/checkpointconfig.json"
    path.write_text('{"LocalPath": "/opt/ml/checkpoints"}')
    assert current_container().checkpoints == opt_ml / "checkpoints"


@dataclass(frozen=True)
class Settings:
    rate: float = 0.1
    rounds: int = 10


def test_hyperparameters_are_typed_and_have_defaults():
    assert parse_hyperparameters(Settings, {"rounds": "20"}) == Settings(rate=0.1, rounds=20)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"round": "20"}, "unknown hyperparameters round: allowed are rate, rounds"),
        ({"rounds": "2.5"}, "hyperparameter rounds: '2.5' is not of type int"),
    ],
)
def test_wrong_hyperparameters_are_refused(given, message):
    with pytest.raises(SettingError, match=message):
        parse_hyperparameters(Settings, given)


def test_hyperparameters_are_read_where_the_service_writes_them(opt_ml):
    assert current_container().hyperparameters == {}
    (opt_ml / "input/config/hyperparameters.json").write_text('{"rounds": "20"}')
    assert current_container().hyperparameters == {"rounds": "20"}


def test_region_is_the_job_s(tmp_path):
    config = tmp_path / "config" / "processingjobconfig.json"
    config.parent.mkdir()
    arn = "arn:aws-cn:sagemaker:cn-north-1:123456789012:processing-job/name"
    config.write_text(json.dumps({"ProcessingJobArn": arn}))
    assert Container(opt_ml=tmp_path).region == "cn-north-1"
