"""Hyperparameter tuning jobs: a search over training jobs. Source: CreateHyperParameterTuningJob."""
