"""The packages of this folder, which setuptools cannot find under another name."""

from setuptools import find_packages, setup

setup(
    packages=["local_cloud", *(f"local_cloud.{name}" for name in find_packages(exclude=["tests*"]))]
)
