"""The process of one invocation."""

from __future__ import annotations

import os
import subprocess
import sys

from local_cloud.functions import bootstrap


def test_it_ends_if_its_server_ended_before_its_start(tmp_path):
    (tmp_path / "index.py").write_text(
        "import time\n\ndef handler(event, context):\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    answer = tmp_path / "answer"
    orphan = subprocess.run(
        [sys.executable, "-I", bootstrap.__file__, str(parent.pid), str(tmp_path), str(answer)],
        input=b"{}",
        env={
            **os.environ,
            "_HANDLER": "index.handler",
            "AWS_LAMBDA_FUNCTION_NAME": "sleeper",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/sleeper",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "_LAPTOP_FUNCTION_ARN": "arn",
            "_LAPTOP_REQUEST_ID": "request",
            "_LAPTOP_DEADLINE": "0",
        },
        timeout=30,
    )
    assert orphan.returncode == 1
    assert not answer.exists()
