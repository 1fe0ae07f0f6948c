"""The server process: start, look-up, stop, and after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local_cloud.cli import main
from local_cloud.client import connect, running_server
from local_cloud.errors import ForeignFolder, LocalCloudError, NotRunning
from local_cloud.server_lifecycle import start, stop
from local_cloud.state import SERVER_LOG, Deployment, read_server, write_deployment

SLEEPER = "import time\n\ndef handler(event, context):\n    print('started')\n    time.sleep(600)\n"


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    yield folder
    stop(folder)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie process is not alive.
    stat = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return not stat.stdout.startswith("Z")


def test_up_is_idempotent_and_down_ends_it(state, capsys):
    assert main(["--state", str(state), "up", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["up", "--state", str(state), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert first["endpoint"].startswith("http://localhost:")
    assert connect(state).client("sts").get_caller_identity()["Account"] == "123456789012"
    assert main(["--state", str(state), "down"]) == 0
    assert "has stopped" in capsys.readouterr().out
    assert not is_alive(first["pid"])
    assert main(["--state", str(state), "down"]) == 0
    assert "No laptop cloud was running" in capsys.readouterr().out


def test_down_ends_a_cloud_whose_deployment_cannot_be_read(state, tmp_path, capsys):
    """The list of stacks that the app no longer contains needs the assembly."""
    start(state=state, port=0, region="us-east-1")
    (tmp_path / "pyproject.toml").write_text('[tool.laptop]\norphans = ["true"]\n')
    write_deployment(state, Deployment("test", (), folder=str(tmp_path)))
    assert main(["--state", str(state), "down"]) == 0
    printed = capsys.readouterr()
    assert "has stopped" in printed.out
    assert "manifest.json" in printed.err
    assert running_server(state) is None


def test_it_does_not_use_a_real_account(state, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "planted")
    monkeypatch.setenv("HARMLESS", "seen")
    record = start(state=state, port=0, region="us-east-1")
    seen = psutil.Process(record.pid).environ()
    assert seen["HARMLESS"] == "seen"
    assert "planted" not in seen.values()


def test_it_listens_on_the_loopback_interface_only(state):
    record = start(state=state, port=0, region="us-east-1")
    shown = Path(f"/proc/{record.pid}/net/tcp")
    if not shown.exists():
        pytest.skip("needs Linux to see what is bound")
    port = f":{record.port:04X}"
    bound = [line.split()[1] for line in shown.read_text().splitlines()[1:]]
    assert {address for address in bound if address.endswith(port)} == {f"0100007F{port}"}


def test_another_port_or_region_is_refused_while_it_runs(state):
    start(state=state, port=0, region="us-east-1")
    with pytest.raises(LocalCloudError, match="down"):
        start(state=state, port=0, region="eu-west-1")


def test_a_killed_server_leaves_no_processes_and_the_next_start_is_clean(state, trust):
    record = start(state=state, port=0, region="us-east-1")
    cloud = connect(state)
    child = run_sleeper(cloud, trust)
    (state / "left-over").write_text("of the killed server")
    os.kill(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 50
    while is_alive(child):
        assert time.monotonic() < deadline, "the function outlived its server"
        time.sleep(0.05)
    assert running_server(state) is None
    again = start(state=state, port=0, region="us-east-1")
    assert again.pid != record.pid
    assert not (state / "left-over").exists()
    assert connect(state).client("lambda").list_functions()["Functions"] == []


def run_sleeper(cloud, trust):
    """Start a function that sleeps, and return its process id."""
    from local_cloud.resources.functions import _packed

    role = cloud.client("iam").create_role(
        RoleName="sleeper", AssumeRolePolicyDocument=json.dumps(trust("lambda.amazonaws.com"))
    )["Role"]["Arn"]
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="sleeper",
        Code={"ZipFile": _packed(SLEEPER)},
        Handler="index.handler",
        Role=role,
        Runtime="python3.12",
        Timeout=60,
    )
    client.invoke(FunctionName="sleeper", InvocationType="Event", Payload=b"{}")
    deadline = time.monotonic() + 60
    while True:
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            if str(cloud.state / "functions") in line and "bootstrap.py" in line:
                return int(line.split()[0])
        assert time.monotonic() < deadline, "the function did not start"
        time.sleep(0.05)


def test_the_record_of_another_process_is_ignored(state):
    """The system reuses process ids. A process that is not a laptop cloud must not be killed."""
    start(state=state, port=0, region="us-east-1")
    record = read_server(state)
    stop(state)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    (state / "server.json").write_text(
        json.dumps({"pid": other.pid, "port": record.port, "region": "us-east-1"})
    )
    try:
        assert running_server(state) is None
        assert stop(state) is False
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_folder_with_other_files_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ForeignFolder, match="--state"):
        start(state=tmp_path, port=0, region="us-east-1")
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_port_in_use_fails_with_the_log(state):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(LocalCloudError, match=SERVER_LOG):
            start(state=state, port=taken.getsockname()[1], region="us-east-1")


@pytest.mark.parametrize("command", [["deploy"], ["load"], ["tick", "x"]])
def test_without_a_server_each_command_says_what_to_do(tmp_path, command, capsys):
    assert main(["--state", str(tmp_path), *command]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "python -m local_cloud up" in error


def test_connect_names_the_folder(tmp_path):
    with pytest.raises(NotRunning, match=str(tmp_path)):
        connect(tmp_path)
