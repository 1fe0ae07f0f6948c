"""A real browser opens a page that tries to run a command of the machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="Chromium is not installed: apt-get install chromium"
)
# The page sends each request in three ways: as a client of AWS, which the browser announces by a
# preflight; without a preflight, as a form may be sent; and without the header Authorization.
PAGE = """<!doctype html><script>
const target = "http://localhost:PORT/";
const scope = (service) => `KEY/20260101/us-east-1/${service}/aws4_request`;
const signed = (service) => ({Authorization:
  `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host, Signature=x`});
const form = {"Content-Type": "application/x-www-form-urlencoded"};
const role = "Action=CreateRole&Version=2010-05-08&RoleName=page&AssumeRolePolicyDocument=TRUST";
const policy = "Action=PutRolePolicy&Version=2010-05-08&RoleName=page&PolicyName=p" +
  "&PolicyDocument=POLICY";
const job = JSON.stringify(JOB);
const json = {"Content-Type": "application/x-amz-json-1.1",
  "X-Amz-Target": "SageMaker.CreateProcessingJob"};
const calls = [
  ["CreateRole", "iam", form, role], ["PutRolePolicy", "iam", form, policy],
  ["CreateProcessingJob", "sagemaker", json, job],
];
async function attempt(name, options, path = "") {
  try {
    const response = await fetch(target + path, options);
    return [name, response.type, response.status];
  } catch (error) { return [name, error.name, 0]; }
}
(async () => {
  const results = [];
  for (const [name, service, headers, body] of calls) {
    const cors = {method: "POST", headers: {...headers, ...signed(service)}, body};
    results.push(await attempt(name, cors));
    results.push(await attempt(name, {method: "POST", headers: form, body, mode: "no-cors"}));
    results.push(await attempt(name, {method: "POST", body, mode: "no-cors"}));
  }
  for (const path of ["_laptop/faults/clear", "_laptop/health", "moto-api/reset"]) {
    results.push(await attempt(path, {method: "POST", body: "null", mode: "no-cors"}, path));
    results.push(await attempt(path, {method: "POST"}, path));
  }
  await fetch("/results", {method: "POST", body: JSON.stringify(results)});
})();
</script>"""
TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
}


@pytest.fixture
def site():
    """A web server that returns `page` and puts what the page reports into `results`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(self.server.page.encode())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.results.put(json.loads(body))
            self.answer(b"")

        def answer(self, body):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.results = Queue()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(tmp_path):
    """A function that opens a URL in a new browser, which the test ends."""
    started = []

    def open_url(url, *options):
        command = [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-dev-shm-usage", "--no-proxy-server",
            f"--user-data-dir={tmp_path / 'profile'}", *options, url,
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        started.append(process)
        return process

    yield open_url
    for process in started:
        process.kill()
        process.communicate()


def page(cloud, port, mark, access_key):
    """Return the page, which creates the file `mark` if its job runs."""
    role = {"Version": "2012-10-17", "Statement": [TRUST]}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    job = {
        "ProcessingJobName": "page",
        "RoleArn": "arn:aws:iam::123456789012:role/page",
        "AppSpecification": {
            "ImageUri": "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3",
            "ContainerEntrypoint": ["touch", str(mark)],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1,
            }
        },
    }  # fmt: skip
    values = {
        "PORT": str(port),
        "KEY": access_key,
        "TRUST": json.dumps(role).replace('"', "%22"),
        "POLICY": json.dumps({"Version": "2012-10-17", "Statement": [allow]}).replace('"', "%22"),
        "JOB": json.dumps(job),
    }
    text = PAGE
    for name, value in values.items():
        text = text.replace(name, value)
    return text


@pytest.mark.parametrize("knows_the_access_key", [False, True])
def test_the_requests_of_a_page_have_no_effect(
    cloud, port, site, browser, tmp_path, knows_the_access_key
):
    key = cloud.secrets.access_key_id if knows_the_access_key else "any"
    site.page = page(cloud, port, tmp_path / "mark", key)
    browser(f"http://127.0.0.1:{site.server_port}/")
    results = site.results.get(timeout=120)
    assert len(results) == 15
    # A request after a preflight is not sent; the answer to another one cannot be read.
    assert {(kind, status) for _, kind, status in results} == {("TypeError", 0), ("opaque", 0)}
    assert "page" not in [r["RoleName"] for r in cloud.client("iam").list_roles()["Roles"]]
    assert cloud.client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"] == []
    assert not (tmp_path / "mark").exists()


def test_a_name_that_resolves_to_this_machine_is_rejected(port, browser):
    """DNS rebinding: for the browser, the page and the laptop cloud have the same origin."""
    rule = "--host-resolver-rules=MAP pages.example 127.0.0.1"
    opened = browser(f"http://pages.example:{port}/_laptop/health", rule, "--dump-dom")
    shown, _ = opened.communicate(timeout=120)
    assert f"The header Host is 'pages.example:{port}'" in shown.replace("&#39;", "'")
