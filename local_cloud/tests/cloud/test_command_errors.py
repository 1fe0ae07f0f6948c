"""The output of a command whose call a service rejects."""

from local_cloud.cli import main
from local_cloud.faults.fault import Fault
from local_cloud.faults.fault_registry import FAULTS
from local_cloud.server import running
from local_cloud.tests.recorded_server import record_server


def test_what_a_service_refuses_is_one_line_and_no_traceback(tmp_path, capsys):
    with running(state=tmp_path) as cloud:
        record_server(cloud)
        FAULTS.inject(Fault("error", "events:ListRules", times=None))
        code = main(["--state", str(tmp_path), "tick", "nothing"])
        FAULTS.clear()
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "(InternalFailure) when calling the ListRules operation" in line
