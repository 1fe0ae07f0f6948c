"""An environment whose cluster becomes serverless: `-c env=cluster`, then `workgroup`.

With the prefix `kept-` the environment retains its data.
"""

from __future__ import annotations

from dataclasses import replace

from local_cloud.context import ACCOUNT_ID
from stacks.application import build_app, new_app
from tests.application.environments import BASIC, DEMAND, FILES, FIXED, RETAINED, SERVERLESS

# Not the name of the cluster: Redshift names the secret of the administrator after it.
NAMESPACE = "redline-basic-serverless"
# The pipeline unloads its rows: a workgroup has no Redshift dataset.
CLUSTER = replace(BASIC, network=RETAINED.network, pipelines=(DEMAND, FILES))
WORKGROUP = replace(
    CLUSTER,
    warehouse=replace(SERVERLESS.warehouse, namespace=NAMESPACE),
    pipelines=(replace(DEMAND, options={"extraction": "unload"}), FILES),
)
# An environment that retains its data must name its account. No pipeline of it is run.
KEPT = {
    "retention": RETAINED.retention,
    "account": ACCOUNT_ID,
    "generated_data": False,
    "pipelines": (),
}
STATES = {
    "cluster": CLUSTER,
    "workgroup": WORKGROUP,
    "kept-cluster": replace(CLUSTER, **KEPT),
    "kept-workgroup": replace(WORKGROUP, **KEPT),
}

if __name__ == "__main__":
    app = new_app()
    build_app(STATES[app.node.get_context("env")], app, **FIXED).synth()
