"""Maps the package `local_cloud` to this folder: setuptools finds only folders of that name."""

from setuptools import find_packages, setup

setup(
    packages=["local_cloud", *(f"local_cloud.{name}" for name in find_packages(exclude=["tests*"]))]
)
