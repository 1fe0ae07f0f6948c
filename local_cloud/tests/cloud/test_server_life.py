"""The server process: start, look-up, stop, and after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from local_cloud import server_lifecycle
from local_cloud.cli import main
from local_cloud.client import connect
from local_cloud.errors import ForeignFolder, LocalCloudError, NotRunning
from local_cloud.server_lifecycle import ServerSilent, start, stop
from local_cloud.server_process import live_server, try_lock
from local_cloud.state import (
    SERVER_LOG,
    Deployment,
    create_folder,
    read_server,
    write_deployment,
)

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
    assert live_server(state) is None


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


def test_a_killed_server_leaves_no_processes_and_no_other_files(state, trust):
    record = start(state=state, port=0, region="us-east-1")
    cloud = connect(state)
    child = run_sleeper(cloud, trust)
    (state / "left-over").write_text("of the killed server")
    os.kill(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 180
    while is_alive(child):
        assert time.monotonic() < deadline, "the function outlived its server"
        time.sleep(0.05)
    assert live_server(state) is None
    again = start(state=state, port=0, region="us-east-1")
    assert again.pid != record.pid
    assert not (state / "left-over").exists()
    (function,) = connect(state).client("lambda").list_functions()["Functions"]
    assert function["FunctionName"] == "sleeper"


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
    deadline = time.monotonic() + 180
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
        json.dumps({**asdict(record), "pid": other.pid, "started": record.started - 60})
    )
    try:
        assert live_server(state) is None
        assert stop(state) is False
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.fixture
def impatient(monkeypatch):
    """Return a context in which `up` waits only briefly for a silent server."""

    @contextmanager
    def shortened():
        with monkeypatch.context() as patch:
            patch.setattr(server_lifecycle, "_START_TIMEOUT_SECONDS", 0.1)
            yield

    return shortened


def test_a_stopped_server_is_not_ended_and_keeps_its_state(state, impatient):
    """A closed lid, swapping or SIGSTOP: the server is silent, but its process lives."""
    record = start(state=state, port=0, region="us-east-1")
    connect(state).client("s3").create_bucket(Bucket="kept")
    os.kill(record.pid, signal.SIGSTOP)
    try:
        silent = pytest.raises(ServerSilent, match=f"Process {record.pid} .* does not respond")
        with impatient(), silent:
            start(state=state, port=0, region="us-east-1")
    finally:
        os.kill(record.pid, signal.SIGCONT)
    assert start(state=state, port=0, region="us-east-1") == record
    buckets = connect(state).client("s3").list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["kept"]


def test_a_stopped_server_is_ended_by_down(state):
    record = start(state=state, port=0, region="us-east-1")
    os.kill(record.pid, signal.SIGSTOP)
    assert stop(state) is True
    assert not is_alive(record.pid)


def test_a_live_server_without_a_readable_record_keeps_its_state(state, impatient):
    start(state=state, port=0, region="us-east-1")
    record = (state / "server.json").read_text()
    (state / "kept").write_text("state")
    for content in ("", "{", "[]", "null", '{"pid": 1}', '{"other": 1}'):
        (state / "server.json").write_text(content)
        with impatient(), pytest.raises(ServerSilent, match=str(state)):
            start(state=state, port=0, region="us-east-1")
        with pytest.raises(NotRunning):
            connect(state)
    assert (state / "kept").exists()
    (state / "server.json").write_text(record)


def test_a_folder_that_several_commands_create_is_never_foreign(tmp_path):
    with ThreadPoolExecutor(4) as threads:
        for number in range(50):
            for created in [
                threads.submit(create_folder, tmp_path / str(number)) for _ in range(4)
            ]:
                created.result()


def test_starts_at_the_same_time_give_one_server(state, repository):
    command = [sys.executable, "-m", "local_cloud", "--state", str(state), "up", "--json"]
    started = [
        subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    shown = [json.loads(process.communicate()[0]) for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert shown == [shown[0]] * 4
    folder = str(state.resolve())
    listed = [p.info["cmdline"] or [] for p in psutil.process_iter(["cmdline"])]
    assert len([line for line in listed if "local_cloud.server" in line and folder in line]) == 1


def test_a_start_that_is_killed_leaves_a_server_that_the_next_start_finds(state, repository):
    command = [sys.executable, "-m", "local_cloud", "--state", str(state), "up"]
    interrupted = subprocess.Popen(command, cwd=repository)
    while not (state / SERVER_LOG).exists():
        time.sleep(0.01)
    interrupted.kill()
    interrupted.wait()
    (state / "kept").write_text("state")
    start(state=state, port=0, region="us-east-1")
    assert (state / "kept").exists()


def test_a_job_does_not_hold_the_lock_of_its_server(state, trust):
    record = start(state=state, port=0, region="us-east-1")
    run_sleeper(connect(state), trust)
    assert try_lock(state) is None
    os.kill(record.pid, signal.SIGKILL)
    stop(state)
    descriptor = try_lock(state)
    assert descriptor is not None
    os.close(descriptor)


def test_a_proxy_is_never_used(state, monkeypatch, capfd):
    """A request to this proxy would fail. The hosts of the user's NO_PROXY stay."""
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    for command in (["up"], ["faults"], ["permissions"]):
        assert main(["--state", str(state), *command]) == 0
    capfd.readouterr()
    script = (
        "import boto3, os, urllib.request as r; boto3.client('s3').list_buckets(); "
        "print(os.environ['NO_PROXY'], r.proxy_bypass('localhost:1'))"
    )
    assert main(["--state", str(state), "exec", sys.executable, "-c", script]) == 0
    hosts = "intranet.example,localhost,127.0.0.1,.localhost"
    assert capfd.readouterr().out == f"{hosts} True\n"


def test_the_variables_of_env_are_those_of_a_shell(state, capsys, monkeypatch):
    start(state=state, port=0, region="us-east-1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of another account")
    assert main(["--state", str(state), "env"]) == 0
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    script = f'{capsys.readouterr().out}\n"{sys.executable}" -c "{program}"'
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert (shell.stdout, shell.returncode) == ("123456789012\n", 0), shell.stderr
    assert main(["--state", str(state), "env", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["AWS_ENDPOINT_URL"] == connect(state).endpoint


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
