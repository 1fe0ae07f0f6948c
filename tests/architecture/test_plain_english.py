"""Public text is plain technical English: it does not use the phrases in the list below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

# Files and folders whose text has been rewritten. Add others until this is the whole project.
REWRITTEN = (
    "CONTRIBUTING.md",
    "README.md",
    "app.py",
    "benchmarks",
    "docs/architecture.md",
    "docs/coverage.md",
    "docs/decisions",
    "docs/destroy.md",
    "docs/faults.md",
    "docs/local.md",
    "docs/new-pipeline.md",
    "docs/redshift-sql.md",
    "docs/security.md",
    "lambda",
    "local_cloud/README.md",
    "local_cloud/api_gate",
    "local_cloud/app_settings.py",
    "local_cloud/application.py",
    "local_cloud/archives.py",
    "local_cloud/authorization",
    "local_cloud/cli.py",
    "local_cloud/client.py",
    "local_cloud/cloudformation",
    "local_cloud/commands",
    "local_cloud/context.py",
    "local_cloud/deployment",
    "local_cloud/errors.py",
    "local_cloud/events",
    "local_cloud/faults",
    "local_cloud/functions",
    "local_cloud/moto_patches.py",
    "local_cloud/output.py",
    "local_cloud/redshift",
    "local_cloud/resources",
    "local_cloud/response_urls.py",
    "local_cloud/sagemaker",
    "local_cloud/server.py",
    "local_cloud/server_lifecycle.py",
    "local_cloud/state.py",
    "local_cloud/transient_errors.py",
    "operations",
    "pipeline_code/__init__.py",
    "pipeline_code/__main__.py",
    "pipeline_code/archive.py",
    "pipeline_code/compiler",
    "pipeline_code/pipelines.py",
    "pipeline_code/runtime",
    "pipeline_code/sample_files.py",
    "pipeline_code/scaffold",
    "pipeline_code/workflow",
    "stacks",
    "tests/crosscheck",
    "tests/declared",
    "tests/faults/called.py",
    "tests/faults/conftest.py",
    "tests/faults/inventory.py",
    "tests/faults/page.py",
    "tests/faults/pipelines.py",
    "tests/faults/test_api_faults.py",
    "tests/faults/test_deployment_faults.py",
    "tests/faults/test_event_faults.py",
    "tests/faults/test_job_faults.py",
    "tests/faults/test_warehouse_faults.py",
    "tests/faults/versions.py",
    "tests/faults/watching.py",
    "tests/faults/whole_run.py",
    "tests/permissions",
    "tests/snapshots",
    "tests/unit/lambda",
    "local_cloud/tests/api_gate",
    "local_cloud/tests/cloud",
    "local_cloud/tests/events",
    "local_cloud/tests/faults",
    "local_cloud/tests/functions",
    "local_cloud/tests/redshift",
    "local_cloud/tests/sagemaker",
    "tests/unit/operations",
    "tests/unit/runtime",
    "tests/unit/scaffold",
    "tests/unit/stacks",
    "tests/unit/warehouse",
    "warehouse",
)
# Rewritten pipelines. A user of the project may remove them.
PIPELINES = (
    "pipeline_code/bank",
    "pipeline_code/census",
    "pipeline_code/insurance",
    "pipeline_code/tickit",
    "pipeline_code/tickit_batch",
    "pipeline_code/tickit_monitor",
)
# Files in rewritten folders that are not checked.
UNCHECKED = (
    # Written by the user.
    "stacks/environments.py",
    # Old phrases in strings and in names of functions. Remove files until the list is empty.
    "pipeline_code/compiler/lint/aws/properties.py",
    "stacks/alerts/failure_alert.py",
    "stacks/alerts/stack.py",
    "stacks/common/acknowledge.py",
    "stacks/common/inline_policy.py",
    "stacks/network/private_vpc.py",
    "stacks/pipeline/job_scopes.py",
    "stacks/pipeline/pipeline_rule.py",
    "stacks/pipeline/stack.py",
    "stacks/serving/endpoint_emptier.py",
    "stacks/serving/model_role.py",
    "stacks/serving/stack.py",
    "tests/crosscheck/storage.py",
    "tests/crosscheck/test_actions_read_from_json.py",
    "tests/crosscheck/test_job_variables_read_from_json.py",
    "tests/crosscheck/test_storage_read_from_json.py",
    "tests/declared/test_checkov.py",
    "tests/declared/test_rights.py",
    "tests/snapshots/test_templates.py",
    "tests/unit/stacks/test_batch_templates.py",
    "tests/unit/stacks/test_drift_templates.py",
    "tests/unit/stacks/test_extraction_templates.py",
    "tests/unit/stacks/test_network_templates.py",
    "tests/unit/stacks/test_serving_templates.py",
    "tests/unit/stacks/test_stack_config.py",
    "tests/unit/stacks/test_training_pipeline_templates.py",
)
# Regular expression -> what to write instead. A space also matches a line end in a comment.
PHRASES = {
    r"(?:is|are) (?-i:none)": "does not exist, is empty, there is no …",
    r"is no \w+'s": "is not a valid … (expected …)",
    r"is no (?:error|reason|pattern|name)": "is not a …",
    r"nobody|somebody": "no one, a person, another process: name the actor",
    r"whoever|whosoever": "the caller, the user, anyone who …",
    r"whatever (?:else|happened|was|is|it|they|runs)": "all other …, any …, regardless of …",
    r"told": "reported, passed, sent, documented",
    r"tells? (?:of|people|that|what|how|which|whether|it)": "report, say, publish",
    r"gone": "deleted, missing, does not exist",
    r"by (?:itself|themselves)": "automatically, without …, alone",
    r"passes? by": "is transient; a retry may succeed",
    r"for good": "permanently",
    r"for ever|as ever": "forever; as usual",
    r"anew": "again, recreate",
    r"made of": "consists of, is built from",
    r"of (?:ours|theirs)": "of this project, of …: name the owner",
    r"at hand|in vain|so often": "name what is meant",
    r"under way": "in progress, running",
    r"begun": "started",
    r"(?:a|the) former": "an earlier, the previous",
    r"(?:is|are|was|were) over(?! \d)": "has ended",
    r"(?:still|it|that) stands?": "exists, is",
    r"stands? for": "stands in for, represents",
    r"lies? (?:in|under|below|there|where|beside)": "is in, is under",
    r"looked? (?:at|into)": "check, inspect, read",
    r"(?:come|comes|came) (?:twice|again|late)": "is delivered twice, again, late",
    r"go on with|goes on|gone on with": "continue, resume",
    r"mend(?:s|ed|ing)?": "fix, patch",
    r"struck": "affected",
    r"heard of": "received",
    r"kept back": "reserved",
    r"what (?:answers|passes|lasts|stays)": "name the subject, such as: the version in service",
    r"that none": "name the condition: no-op if …",
    r"by hand": "manually",
    r"a stranger(?:'s)?": "untrusted",
    r"knows? of": "lists, contains",
    r"(?:database's|databases|service's) words": "the error of the database, of the service",
}


def compiled(phrase: str) -> re.Pattern[str]:
    """Compile a phrase. Underscores separate words, so that names are checked too."""
    words = phrase.replace(" ", r"[\s#_]+")
    return re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE)


COMPILED = {compiled(phrase): instead for phrase, instead in PHRASES.items()}


def findings(text: str) -> Iterator[str]:
    """Yield line, phrase and replacement for each phrase of the list in the text."""
    for pattern, instead in COMPILED.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            phrase = " ".join(match[0].replace("#", " ").split())
            yield f"line {line}: {phrase!r}; write instead: {instead}"


def rewritten_files() -> list[Path]:
    """Return the rewritten files of Python and Markdown, relative to the repository."""
    repository = Path(__file__).parents[2]
    roots = [repository / name for name in (*REWRITTEN, *PIPELINES)]
    files = {
        path
        for root in roots
        for path in ([root] if root.is_file() else root.rglob("*"))
        if path.suffix in (".py", ".md")
    }
    unchecked = {repository / name for name in UNCHECKED}
    return sorted(path.relative_to(repository) for path in files - unchecked)


def written(text: str) -> str:
    """Return a page without its generated parts; their text is checked in its source."""
    return re.sub(r"(?s)<!-- (\w+): made by make docs -->.*?<!-- end of \1 -->", emptied, text)


def emptied(part: re.Match[str]) -> str:
    """Return line ends in place of a part, so that later lines keep their numbers."""
    return "\n" * part[0].count("\n")


@pytest.mark.parametrize("name", (*REWRITTEN, *UNCHECKED))
def test_listed_files_and_folders_exist(name, repository):
    assert (repository / name).exists()


@pytest.mark.parametrize("path", rewritten_files(), ids=str)
def test_text_is_plain_english(path, repository):
    assert list(findings(written((repository / path).read_text()))) == []


def test_a_phrase_is_found_in_names_and_across_lines():
    assert list(findings("x = 1\n# It is retried until the run is\n# over.")) == [
        "line 2: 'is over'; write instead: has ended"
    ]
    assert list(findings("def test_running_out_of_time_is_told():")) == [
        "line 1: 'told'; write instead: reported, passed, sent, documented"
    ]
    assert list(findings("The folder is removed. Its size is over 6 MB.")) == []


def test_generated_parts_are_not_checked():
    page = "<!-- x: made by make docs -->\nnobody\n<!-- end of x -->\nnobody"
    assert list(findings(written(page))) == [
        "line 4: 'nobody'; write instead: no one, a person, another process: name the actor"
    ]
