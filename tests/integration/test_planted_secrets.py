"""No secret is in a template, a variable, a log, an event, a file or a command line."""

from __future__ import annotations

import base64
import gzip
import io
import json
import secrets
import tarfile
import threading
import urllib.parse
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psutil
import pytest

from tests.integration.holdings import holdings, opened
from tests.integration.laptop import Laptop, unstarted

pytestmark = pytest.mark.laptop

# They have each kind of stack, function and job of the environment.
PIPELINES = ("tickit", "tickit-batch", "tickit-monitor")
EVENTS = "planted-events"
CREDENTIALS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.fixture(scope="module")
def planted():
    """Invented credentials, as in the shell of a user."""
    return {
        "AWS_ACCESS_KEY_ID": f"AKIA{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": f"planted/{secrets.token_hex(16)}",
        "AWS_SESSION_TOKEN": f"planted/{secrets.token_hex(32)}",
    }


class Watched:
    """The child processes of a server: records their command lines and environment variables."""

    def __init__(self, laptop: Laptop) -> None:
        self._server = psutil.Process(json.loads((laptop.state / "server.json").read_text())["pid"])
        self.commands: set[str] = set()
        self.variables: set[tuple[str, str]] = set()
        self.credentials_of_roles: set[str] = set()
        self._over = threading.Event()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for child in self._server.children(recursive=True):
                try:
                    self._record(" ".join(child.cmdline()), child.environ())
                except psutil.Error:
                    continue  # it has ended

    def _record(self, command: str, variables: dict[str, str]) -> None:
        self.commands.add(command)
        self.variables.update(variables.items())
        # Key ids of temporary credentials begin with ASIA:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        # Other children, such as those of the server itself, have its invented "none".
        if variables.get("AWS_ACCESS_KEY_ID", "").startswith("ASIA"):
            self.credentials_of_roles.update(variables[name] for name in CREDENTIALS)


@pytest.fixture(scope="module")
def run(tmp_path_factory, planted):
    """A laptop cloud that was used with the planted credentials, and all recorded content."""
    laptop = unstarted(tmp_path_factory.mktemp("planted"), *PIPELINES)
    laptop = replace(laptop, environment={**laptop.environment, **planted})
    printed = [laptop.run("up")]
    try:
        watched = Watched(laptop)
        with watched():
            printed.append(laptop.run("deploy", "local"))
            record_events(laptop)
            printed.append(laptop.run("load"))
            printed.append(laptop.run("tick", "tickit"))
        yield laptop, watched, [each.stdout + each.stderr for each in printed]
    finally:
        laptop.run("down")


def record_events(laptop):
    """Create a rule that sends every event to a queue."""
    queue = laptop.client("sqs").create_queue(QueueName=EVENTS)["QueueUrl"]
    events = laptop.client("events")
    events.put_rule(Name=EVENTS, EventPattern=json.dumps({"source": [{"prefix": ""}]}))
    arn = f"arn:aws:sqs:us-east-1:123456789012:{EVENTS}"
    events.put_targets(Rule=EVENTS, Targets=[{"Id": "Queue", "Arn": arn}])
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    laptop.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document})


def recorded_events(laptop):
    sqs = laptop.client("sqs")
    queue = sqs.get_queue_url(QueueName=EVENTS)["QueueUrl"]
    bodies = []
    while received := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in received]
    return bodies


def forms(secret):
    """Return a secret in plain text, and encoded as in JSON, URLs and base64."""
    raw = secret.encode()
    quoted = (json.dumps(secret)[1:-1], urllib.parse.quote(secret, safe=""))
    return {raw, *(each.encode() for each in quoted), base64.b64encode(raw).rstrip(b"=")}


def test_no_secret_is_anywhere_but_where_it_is_kept(run, planted):
    laptop, watched, printed = run
    administrator = laptop.client("secretsmanager").get_secret_value(
        SecretId=laptop.output("redline-local-warehouse", "AdminSecretArn")
    )
    of_roles = watched.credentials_of_roles
    assert len(of_roles) > 4, "no process was seen with the credentials of its role"
    known = {json.loads(administrator["SecretString"])["password"], *planted.values(), *of_roles}
    # `laptop` is the administrator's user name, which is public.
    needles = {form for secret in known - {"laptop"} for form in forms(secret)}
    events = recorded_events(laptop)
    assert any("Pipeline Execution Status Change" in event for event in events)
    places = [
        *holdings(laptop),
        ("events", "\n".join(events).encode()),
        ("printed", "\n".join(printed).encode()),
        ("command lines", "\n".join(watched.commands).encode()),
        *((f"variable {name}", value.encode()) for name, value in watched.variables
          if name not in CREDENTIALS),
    ]  # fmt: skip
    assert [place for place, body in places if any(needle in body for needle in needles)] == []


def test_jobs_and_functions_do_not_see_the_credentials_of_the_shell(run, planted):
    _, watched, _ = run
    assert [name for name, value in watched.variables if value in planted.values()] == []


def test_the_search_reaches_every_kind_of_place(run):
    laptop, _, _ = run
    seen = " ".join(place for place, _ in holdings(laptop))
    for place in (
        "template redline-local-tickit",
        "log group /aws/sagemaker/TrainingJobs",
        "describe_processing_job",
        "lambda list_functions",
        "model.tar.gz unzipped/",
        "handler.py",
        "server.log",
        "cdk.out",
        "statements",
    ):
        assert place in seen


def test_archives_are_opened():
    body = b"a secret"
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", body)
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        member = tarfile.TarInfo("inside")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    for archived in (zipped.getvalue(), gzip.compress(tarred.getvalue()), gzip.compress(body)):
        assert body in [found for _, found in opened("archive", archived)]
