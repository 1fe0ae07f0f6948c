"""Writes the assembly of one stack without the CDK: a warehouse and a topic."""

import json
import os
from pathlib import Path

RESOURCES = {
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Warehouse": {
        "Type": "AWS::Redshift::Cluster",
        "DeletionPolicy": "Delete",
        "Properties": {
            "ClusterIdentifier": "small-warehouse",
            "ClusterType": "single-node",
            "NodeType": "ra3.large",
            "DBName": "dev",
            "MasterUsername": "admin",
            "ManageMasterPassword": True,
        },
    },
}
STACK = {
    "type": "aws:cloudformation:stack",
    "environment": "aws://unknown-account/us-east-1",
    "properties": {"templateFile": "small.json", "stackName": "small"},
    "displayName": "small",
}

output = Path(os.environ["CDK_OUTDIR"])
output.mkdir()
(output / "small.json").write_text(json.dumps({"Resources": RESOURCES}))
manifest = {"version": "48.0.0", "artifacts": {"small": STACK}}
(output / "manifest.json").write_text(json.dumps(manifest))
