"""Prints the classes of the SDK's steps by type, as TOML."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

from sagemaker.mlops import workflow
from sagemaker.mlops.workflow.steps import Step, StepTypeEnum


def main():
    for module in pkgutil.iter_modules(workflow.__path__, f"{workflow.__name__}."):
        importlib.import_module(module.name)
    classes = {kind.name: [] for kind in StepTypeEnum}
    for step in sorted(public_steps(Step), key=lambda step: step.__name__):
        for name in set(re.findall(r"StepTypeEnum\.(\w+)", inspect.getsource(step.__init__))):
            classes[name].append(step.__name__)
    print("# Generated from the SageMaker SDK by local_cloud/tests/sagemaker/sdk_step_types.py.")
    print("[types]")
    for kind in sorted(StepTypeEnum, key=lambda kind: kind.value):
        print(f"{kind.value} = [{', '.join(map(quoted, classes[kind.name]))}]")


def public_steps(base):
    for step in base.__subclasses__():
        yield from public_steps(step)
        if not step.__name__.startswith("_"):
            yield step


def quoted(name):
    return f'"{name}"'


if __name__ == "__main__":
    main()
