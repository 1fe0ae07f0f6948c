"""Environment values that several kinds of steps use, each with the access that it needs."""

from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.images import IMAGES, Image
from pipeline_code.compiler.manifest import QUERY_ATHENA, Access, JobRole, Place
from pipeline_code.workflow.actions import JOIN_VPC, QUERY_WAREHOUSE, READ_REGISTRY, USE_KEY
from pipeline_code.workflow.variables import Environment, Uri

LAKE_BUCKET = Environment("LakeBucket")
KMS_KEY = Environment("KmsKeyArn", Access(actions=USE_KEY))
SUBNETS = (Environment("SubnetA"), Environment("SubnetB"))
SECURITY_GROUP = Environment("SecurityGroupId", Access(actions=JOIN_VPC))
CLUSTER = Environment("ClusterIdentifier", Access(actions=QUERY_WAREHOUSE))
# The group in which the pipeline registers models, or whose models it uses.
MODEL_PACKAGE_GROUP = Environment(
    "ModelPackageGroupName", Access(actions=READ_REGISTRY, reads=(Place.of_models(),))
)
# The key of the archive in its bucket, and the file name of the archive in a job.
CODE_KEY, CODE_FILE = Environment("CodeKey"), Environment("CodeFile")
# The beginning of the names of feature groups in the account.
FEATURE_GROUP_PREFIX = Environment("FeatureGroupPrefix")
ATHENA_WORKGROUP = Environment("AthenaWorkgroup", Access(actions=QUERY_ATHENA))
# The archive of the pipeline's step scripts.
CODE = Uri(Join(on="/", values=["s3:/", Environment("CodeBucket"), CODE_KEY]), Access(code=True))


# The wheels of the pipeline's requirements.txt, next to its archive.
WHEELS_KEY = Environment("WheelsKey")
WHEELS = Uri(
    Join(on="/", values=["s3:/", Environment("CodeBucket"), WHEELS_KEY]), Access(code=True)
)
# What Spark steps need beside the archive: the application that starts a step of it, its file name
# in a job, and the wheels of what the Spark image lacks.
SPARK_DRIVER = Uri(
    Join(on="/", values=["s3:/", Environment("CodeBucket"), Environment("SparkDriverKey")]),
    Access(code=True),
)
SPARK_DRIVER_FILE = Environment("SparkDriverFile")
SPARK_WHEELS = Uri(
    Join(on="/", values=["s3:/", Environment("CodeBucket"), Environment("SparkWheelsKey")]),
    Access(code=True),
)


def role_arn(role: JobRole) -> Environment:
    """Return the ARN of a role of the pipeline's jobs or models."""
    return Environment(f"{role}RoleArn")


def command(folder: str, script: str) -> list[Join | str]:
    """Return the command that starts a step script of the archive in the container's `folder`."""
    return ["python3", Join(on="/", values=[folder, CODE_FILE]), script]


def image_value(image: str | Image | Environment) -> Environment:
    """Return the URI of an image: an AWS image, by its name or `aws_image`, or a named image.

    Raises:
        DefinitionError: the image does not exist.
    """
    if isinstance(image, str):
        if image not in IMAGES:
            raise DefinitionError(
                f"there is no image {image!r}: allowed are {', '.join(IMAGES)}, aws_image(…) for "
                'another image of AWS, "Dockerfile" for the image that a deployment builds from '
                'this file, and Environment("…ImageUri") for an image of your own, '
                "whose URI is in the images of the pipeline in stacks/environments.py"
            )
        image = IMAGES[image]
    name = image.value if isinstance(image, Image) else image.name
    return Environment(name, Access(images=(name,)))
