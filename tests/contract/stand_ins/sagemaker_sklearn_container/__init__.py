"""Replaces the package of the scikit-learn image, which is not on PyPI.

Source: https://github.com/aws/sagemaker-scikit-learn-container, commit eae7b6b.
"""
