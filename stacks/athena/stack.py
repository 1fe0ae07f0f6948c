"""The Athena stack: where queries write their results, and the tables of feature groups."""

from __future__ import annotations

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.removal_policy import removal_policy
from stacks.config import Environment
from stacks.lake.lake_buckets import UNLOAD

# A prefix of the lake whose objects expire. No pipeline has the name of this stack.
RESULTS = f"{UNLOAD}athena/"


class AthenaStack(RedlineStack):
    """A workgroup that enforces location and encryption of results, and a Glue database."""

    def __init__(
        self, scope: Construct, environment: Environment, *, lake: s3.IBucket, key: kms.IKey
    ) -> None:
        super().__init__(
            scope, "athena", environment=environment, description="Athena of Redline's pipelines"
        )
        name = f"redline-{environment.name}"
        database = glue.CfnDatabase(
            self,
            "Features",
            catalog_id=self.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                # SQL does not accept hyphens.
                name=f"redline_{environment.name}_features",
                description=f"Feature groups of {name}",
            ),
        )
        database.apply_removal_policy(removal_policy(environment.retention))
        workgroup = athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=name,
            description=f"Queries of the pipelines of {name}",
            # The history of queries does not block its deletion.
            recursive_delete_option=True,
            work_group_configuration=_enforced(lake.s3_url_for_object(RESULTS), key),
        )
        self.features_database = database.ref
        self.workgroup = workgroup.ref
        self.output("AthenaWorkgroupName", self.workgroup)
        self.output("FeaturesDatabaseName", self.features_database)


def _enforced(location: str, key: kms.IKey) -> athena.CfnWorkGroup.WorkGroupConfigurationProperty:
    """Return settings that no query can change.

    https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
    """
    return athena.CfnWorkGroup.WorkGroupConfigurationProperty(
        enforce_work_group_configuration=True,
        publish_cloud_watch_metrics_enabled=True,
        result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
            output_location=location,
            encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                encryption_option="SSE_KMS", kms_key=key.key_arn
            ),
        ),
    )
