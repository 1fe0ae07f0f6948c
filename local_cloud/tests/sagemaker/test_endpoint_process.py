"""An endpoint's processes end with the server, even if the server is killed."""

from __future__ import annotations

import psutil

from local_cloud.state import read_server
from local_cloud.tests.hosted import SCRIPT, endpoint_of

CODE = """
def model_fn(model_dir):
    return 2

def input_fn(body, content_type):
    return int(body)

def predict_fn(number, factor):
    return number * factor

def output_fn(number, accept):
    return str(number), accept
"""


def test_the_processes_of_endpoints_end_when_the_server_is_killed(tmp_path):
    (tmp_path / "model/code").mkdir(parents=True)
    (tmp_path / "model/code/inference.py").write_text(CODE)
    state = tmp_path / "state"
    image = "sagemaker-scikit-learn:1.9-0"
    with endpoint_of(tmp_path / "model", image=image, state=state, environment=SCRIPT) as endpoint:
        assert endpoint.numbers("21", "text/csv") == [42]
        server = psutil.Process(read_server(state).pid)
        hosts = server.children(recursive=True)
        assert any("model_server.server" in host.cmdline() for host in hosts)
        server.kill()
        server.wait()
        _ended, alive = psutil.wait_procs(hosts, timeout=30)
    assert alive == []
