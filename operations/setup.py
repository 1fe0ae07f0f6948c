"""Maps the package `operations` to this folder: setuptools finds only folders of that name."""

from setuptools import find_packages, setup

setup(packages=["operations", *(f"operations.{name}" for name in find_packages())])
