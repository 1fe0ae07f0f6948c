"""Workgroups are saved with the state of the server."""

from __future__ import annotations

from local_cloud.server import running


def test_workgroups_outlive_the_server(tmp_path):
    saved = tmp_path / "saved"
    saved.mkdir()
    for attempt in range(2):
        with running(state=tmp_path, saved=saved) as cloud:
            athena = cloud.client("athena")
            if attempt == 0:
                athena.create_work_group(Name="kept", Configuration={})
            assert athena.get_work_group(WorkGroup="kept")["WorkGroup"]["State"] == "ENABLED"
