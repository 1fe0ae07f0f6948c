"""The arguments of spark-submit on a cluster, and those with which they run on this machine.

https://spark.apache.org/docs/3.5.1/submitting-applications.html
https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-submit-step.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.errors import LocalCloudError

# Of Spark's SparkSubmitOptionParser.
_VALUED = frozenset(
    {
        *("--archives", "--class", "--conf", "-c", "--driver-class-path", "--driver-cores"),
        *("--driver-java-options", "--driver-library-path", "--driver-memory", "--files", "--jars"),
        *("--executor-cores", "--executor-memory", "--name", "--num-executors", "--py-files"),
        *("--queue", "--total-executor-cores"),
    }
)
_FLAGS = frozenset({"--supervise", "--verbose", "-v"})
# The cluster's own values, in place of which all tasks run on this machine.
_OF_THE_CLUSTER = ("--master", "--deploy-mode")
_SETTINGS_OF_THE_CLUSTER = ("spark.master", "spark.submit.deployMode")
_SHORT = {"-c": "--conf", "-v": "--verbose"}


class ProgramRefused(LocalCloudError):
    """A job cannot run on this machine; the text names the part that is not supported."""


def spark_submit_arguments(given: Sequence[str]) -> list[str]:
    """Return the arguments without those that name the cluster. The application comes last.

    Raises ProgramRefused for an option that the laptop cloud does not support.
    """
    passed, rest = list[str](), list(given)
    while rest and rest[0].startswith("-"):
        option, separator, value = rest.pop(0).partition("=")
        if option in _FLAGS:
            passed.append(_SHORT.get(option, option))
            continue
        if option not in _VALUED and option not in _OF_THE_CLUSTER:
            raise ProgramRefused(
                f"the option {option} of spark-submit is not supported by the laptop cloud, which "
                f"supports {', '.join(sorted({*_VALUED, *_FLAGS, *_OF_THE_CLUSTER}))}"
            )
        if not separator:
            value = rest.pop(0) if rest else ""
        if not value:
            raise ProgramRefused(f"the option {option} of spark-submit has no value")
        if option not in _OF_THE_CLUSTER and not _names_the_cluster(option, value):
            passed += [_SHORT.get(option, option), value]
    if not rest:
        raise ProgramRefused("spark-submit has no application, a .py or .jar file")
    return [*passed, *rest]


def _names_the_cluster(option: str, value: str) -> bool:
    return option in ("--conf", "-c") and value.partition("=")[0] in _SETTINGS_OF_THE_CLUSTER
