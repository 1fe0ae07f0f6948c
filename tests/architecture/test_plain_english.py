"""Public text is plain technical English: it does not use the phrases in the list below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline_code.source_files import source_files

# The folders and files of the project.
ROOTS = (
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "app.py",
    "benchmarks",
    "docs",
    "lambda",
    "local_cloud",
    "operations",
    "pipeline_code",
    "stacks",
    "tests",
    "warehouse",
)
# Folders with a subfolder for each pipeline, which belongs to the user unless it is shipped.
PIPELINE_FOLDERS = ("pipeline_code", "tests/pipelines")
SHIPPED = ("bank", "census", "insurance", "tickit", "tickit_batch", "tickit_monitor")
UNCHECKED = (
    "stacks/environments.py",  # written by the user
    "tests/architecture/test_plain_english.py",  # this file has the phrases
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


def checked_files() -> list[Path]:
    """Return the project's files of Python and Markdown, relative to the repository."""
    repository = Path(__file__).parents[2]
    pipelines = {
        definition.parent.name
        for definition in source_files(repository / "pipeline_code", "*/pipeline.py")
    }
    unchecked = {repository / name for name in UNCHECKED} | {
        repository / folder / name
        for folder in PIPELINE_FOLDERS
        for name in pipelines - set(SHIPPED)
    }
    return sorted(
        path.relative_to(repository)
        for root in (repository / name for name in ROOTS)
        for path in ([root] if root.is_file() else source_files(root, "**/*"))
        if path.suffix in (".py", ".md") and unchecked.isdisjoint((path, *path.parents))
    )


def written(text: str) -> str:
    """Return a page without its generated parts; their text is checked in its source."""
    return re.sub(r"(?s)<!-- (\w+): made by make docs -->.*?<!-- end of \1 -->", emptied, text)


def emptied(part: re.Match[str]) -> str:
    """Return line ends in place of a part, so that later lines keep their numbers."""
    return "\n" * part[0].count("\n")


@pytest.mark.parametrize("name", (*ROOTS, *UNCHECKED))
def test_listed_files_and_folders_exist(name, repository):
    assert (repository / name).exists()


def test_text_is_plain_english(repository):
    """One test for all files: the costs of thousands of tests would exceed those of the search."""
    found = {
        str(path): list(findings(written((repository / path).read_text())))
        for path in checked_files()
    }
    assert {path: phrases for path, phrases in found.items() if phrases} == {}


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
