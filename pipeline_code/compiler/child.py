"""Compiles several definitions in one process, because importing the SDK takes seconds.

The process reads JSON requests from standard input: `[{"name": …, "options": {…}, "root": …}, …]`.
It writes the results to standard output in the same order: `{"body": …, "manifest": …}`, or
`{"error": …}` for a definition that does not compile.
"""

import contextlib
import importlib
import json
import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.offline import ENDPOINT, go_offline
from pipeline_code.compiler.options import check_options
from pipeline_code.pipelines import FOLDER, package_of


def main() -> None:
    """Compile the requested definitions; output of the SDK is written to standard error."""
    requests = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        go_offline()
        logging.disable(logging.INFO)  # the SDK logs the defaults that it uses
        answers = [_answer(request) for request in requests]
    json.dump(answers, sys.stdout)


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return compile_definition(request["name"], request["options"], Path(request["root"]))
    except DefinitionError as error:
        return {"error": _with_line(error)}
    except SyntaxError as error:  # the traceback has only the import
        return {"error": f"{error.filename}, line {error.lineno}: {error.msg}"}
    except Exception:  # a pipeline.py may raise any error, and its author needs the traceback
        return {"error": _explained(traceback.format_exc())}


def _with_line(error: DefinitionError) -> str:
    """Return the error with the line of the pipeline.py whose call raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{each.filename}, line {each.lineno}: " for each in frames if _is_pipeline(each)]
    return f"{lines[-1] if lines else ''}{error}"


def _is_pipeline(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).name == "pipeline.py"


def _explained(error: str) -> str:
    """Return the traceback, with instructions if the definition has called AWS."""
    if ENDPOINT not in error:
        return error
    return (
        f"{error.strip()}\nA definition compiles without an account, and this one calls AWS (many "
        "processors and trainers of the SDK do): create the step with p.processing, p.training or "
        "p.transform"
    )


def compile_definition(
    name: str, options: Mapping[str, str], root: Path = FOLDER
) -> dict[str, Any]:
    """Return the definition (with placeholders) and the manifest of the pipeline `name` of `root`.

    Equal sources and options produce equal results.

    Raises:
        OptionError: the pipeline has no such option, or the option does not allow the value.
    """
    sys.path.append(str(root.parent))
    module = importlib.import_module(f"{package_of(name, root)}.pipeline")
    check_options(name, module.pipeline, options)
    made = module.pipeline(**options)
    return {"body": made.body, "manifest": made.manifest.to_document()}


if __name__ == "__main__":
    main()
