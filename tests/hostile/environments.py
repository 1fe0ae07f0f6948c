"""Environments in which the laptop cloud must work, or say in a sentence why it cannot."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_cloud.cli import command_names
from local_cloud.sagemaker.jobs.process_isolation import has_namespaces
from local_cloud.state import create_folder

NOWHERE = "http://127.0.0.1:9"
FOLDER = "FOLDER"
REPOSITORY = Path(__file__).parents[2]


def _nothing(_folder: Path) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Environment:
    """What differs from the environment of the tests.

    `variables` are set (None: not set); FOLDER in a value is the folder of the app. `shell` is what
    a shell does before it runs a command, `redirect` follows the command, and `prepare` changes the
    folder of the app before the first command. `fails` has a part of the sentence of each command
    that cannot work.
    """

    name: str
    variables: Mapping[str, str | None] = field(default_factory=dict)
    shell: str = ""
    redirect: str = ""
    folder: str = "app"
    state: str = "state"
    up: tuple[str, ...] = ()
    prepare: Callable[[Path], None] = _nothing
    fails: Mapping[str, str] = field(default_factory=dict)

    def process_variables(self, folder: Path) -> dict[str, str]:
        """Return the variables of a command."""
        variables = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        for name, value in self.variables.items():
            if value is None:
                variables.pop(name, None)
            else:
                variables[name] = value.replace(FOLDER, str(folder))
        return variables

    def command(self, *arguments: str) -> list[str]:
        """Return a command line."""
        program = "local_cloud" if arguments[0] in command_names() else "operations"
        line = [sys.executable, "-m", program, "--state", self.state, *arguments]
        if not self.shell and not self.redirect:
            return line
        script = f'{self.shell}\n"$@" {self.redirect}'
        return [shutil.which("bash") or "/bin/bash", "-c", script, "bash", *line]


def _write(**files: str) -> Callable[[Path], None]:
    """Return a function that writes files: a name with __ for / and _dot_ for the final dot."""

    def write(folder: Path) -> None:
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


def _shadows(*names: str, folder: str = ".") -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / folder).mkdir(exist_ok=True)
        for name in names:
            (root / folder / f"{name}.py").write_text("raise RuntimeError('the wrong module')\n")

    return write


def _old_node(folder: Path) -> None:
    for name in ("node", "npm", "cdk", "ps", "git"):
        program = folder / "old" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\necho v8.0.0\nexit 1\n")
        program.chmod(0o755)


def _records(**contents: str) -> Callable[[Path], None]:
    """Return a function that writes the records of an ended server, as another version might."""

    def write(folder: Path) -> None:
        create_folder(folder / "state")
        for name, text in contents.items():
            (folder / "state" / f"{name}.json").write_text(text)

    return write


def _record_of_another_process(folder: Path) -> None:
    record = {"pid": os.getpid(), "started": 1.0, "port": 9, "region": "us-east-1"}
    _records(server=json.dumps(record))(folder)


def _linked_state(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "state").symlink_to("elsewhere")


def _mounted(options: str) -> str:
    """Return what a shell does so that the state folder is a file system of its own."""
    mount = f'mount -t tmpfs -o {options} tmpfs state && exec "$@"'
    return f"mkdir -p state; set -- unshare --map-root-user --mount sh -c '{mount}' sh \"$@\""


def busy_port() -> int:
    """Return a port on which this process listens until it ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    _LISTENERS.append(listener)
    port: int = listener.getsockname()[1]
    return port


_LISTENERS: list[socket.socket] = []
_NOT_RUNNING = "No laptop cloud is running"
_STOPPED = {"deploy": _NOT_RUNNING, "query": _NOT_RUNNING}
_NO_DISK = "No space left on device"

ENVIRONMENTS = (
    # The shell is made for an AWS account.
    Environment("unknown-profile", {"AWS_PROFILE": "work"}),
    Environment("unknown-default-profile", {"AWS_DEFAULT_PROFILE": "work"}),
    Environment(
        "broken-aws-config",
        {"HOME": FOLDER, "AWS_CONFIG_FILE": None, "AWS_SHARED_CREDENTIALS_FILE": None},
        prepare=_write(_dot_aws__config="[default\nregion", _dot_aws__credentials="]"),
    ),
    Environment(
        "incomplete-profile",
        {"HOME": FOLDER, "AWS_CONFIG_FILE": None, "AWS_PROFILE": "half"},
        prepare=_write(
            _dot_aws__config="[profile half]\nsource_profile = other\nrole_arn = arn\n"
            "endpoint_url = http://127.0.0.1:9\nuse_fips_endpoint = true\n"
        ),
    ),
    Environment(
        "invalid-aws-settings",
        {
            "AWS_MAX_ATTEMPTS": "many",
            "AWS_RETRY_MODE": "never",
            "AWS_USE_FIPS_ENDPOINT": "true",
            "AWS_CA_BUNDLE": "/missing.pem",
            "AWS_ENDPOINT_URL": NOWHERE,
            "AWS_ENDPOINT_URL_REDSHIFT": NOWHERE,
            "AWS_REGION": "mars-north-1",
            "AWS_DEFAULT_REGION": "no region",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/missing",
            "AWS_ROLE_ARN": "arn",
        },
    ),
    Environment(
        "proxies",
        {
            **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), NOWHERE),
            **dict.fromkeys(("all_proxy", "ALL_PROXY"), "socks5://127.0.0.1:9"),
            **dict.fromkeys(("no_proxy", "NO_PROXY")),
        },
    ),
    Environment(
        "cdk-settings",
        {"HOME": FOLDER, "CDK_APP": "false", "CDK_PROFILE": "work", "NODE_OPTIONS": "-r /missing"},
        prepare=_write(_dot_cdk_dot_json='{"profile": "work", "app": "false"}'),
    ),
    # Programs and folders are missing.
    Environment("no-home", {"HOME": None}),
    Environment("missing-home", {"HOME": "/missing", "XDG_CACHE_HOME": "/missing/cache"}),
    Environment("no-variables", dict.fromkeys(set(os.environ) - {"PYTHONPATH"})),
    Environment("no-programs", {"PATH": "/missing"}),
    Environment("old-programs", {"PATH": f"{FOLDER}/old:/usr/bin:/bin"}, prepare=_old_node),
    Environment("missing-tmpdir", {"TMPDIR": "/missing"}),
    # Settings of Python.
    Environment(
        "ascii", {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ),
    Environment("unknown-locale", {"LC_ALL": "xx_XX.ISO-8859-77", "PYTHONIOENCODING": "ascii"}),
    Environment("warnings-are-errors", {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"}),
    Environment(
        "shadowed-libraries",
        {"PYTHONPATH": f"{FOLDER}/shadows:{REPOSITORY}"},
        prepare=_shadows(
            *("queue", "csv", "uuid", "graphlib", "cmd"), "rich", "moto", "psutil", folder="shadows"
        ),
    ),
    Environment("shadowing-folder", prepare=_shadows("queue", "email", "rich", "moto", "boto3")),
    Environment(
        "python-settings",
        {"PYTHONSTARTUP": "/missing.py", "PYTHONOPTIMIZE": "2", "PYTHONNOUSERSITE": "1"},
    ),
    # Terminals and standard streams.
    Environment("narrow-dumb-terminal", {"COLUMNS": "12", "TERM": "dumb", "NO_COLOR": "1"}),
    Environment("odd-terminal", {"COLUMNS": "many", "LINES": "0", "FORCE_COLOR": "1", "TERM": ""}),
    Environment("closed-stdin", redirect="<&-"),
    Environment("closed-streams", redirect="<&- >&- 2>&-"),
    Environment("no-reader", redirect="| true"),
    Environment(
        "full-stdout",
        redirect="> /dev/full",
        fails=dict.fromkeys(("up", "deploy", "query", "down"), _NO_DISK),
    ),
    # The state folder.
    Environment("odd-folder-name", folder='it\'s a "näme" $HOME; --x'),
    Environment("linked-state", prepare=_linked_state),
    Environment(
        "state-is-a-file",
        prepare=_write(state="text"),
        fails={"up": "is a file", **_STOPPED},
    ),
    Environment(
        "state-cannot-be-created",
        state="/proc/state",
        fails={"up": "/proc/state: No such file or directory", **_STOPPED},
    ),
    *(
        (
            Environment(
                "full-disk", shell=_mounted("size=12k"), fails={"up": "bytes are free", **_STOPPED}
            ),
            Environment(
                "read-only-state",
                shell=_mounted("ro"),
                fails={
                    **dict.fromkeys(("up", "down"), "Read-only file system"),
                    **_STOPPED,
                },
            ),
        )
        if has_namespaces()
        else ()
    ),
    Environment(
        "damaged-records",
        prepare=_records(server="[]", secrets='{"access_key', deployment=""),
    ),
    Environment(
        "records-of-another-version",
        prepare=_records(server='{"pid": 1}', secrets='"x"', deployment='{"stacks": 1}'),
    ),
    Environment("record-of-another-process", prepare=_record_of_another_process),
    Environment("busy-port", up=("--port", "BUSY"), fails={"up": "cannot listen on", **_STOPPED}),
    Environment(
        "impossible-port",
        up=("--port", "99999"),
        fails={"up": "'99999' is not a port, expected 1 to 65535", **_STOPPED},
    ),
    # Limits of the process.
    Environment("few-open-files", shell="ulimit -n 128"),
    Environment("strict-umask", shell="umask 0777"),
    Environment("ignored-signals", shell="trap '' HUP INT PIPE"),
    Environment("odd-time-zone", {"TZ": "Mars/Olympus"}),
    Environment(
        "deleted-folder",
        state="../state",
        shell='mkdir -p deleted && cd deleted && rmdir "$PWD"',
        fails={"up": "No such file or directory", **_STOPPED},
    ),
)
