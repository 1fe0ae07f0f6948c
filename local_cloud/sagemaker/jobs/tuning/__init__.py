"""Hyperparameter tuning jobs. Source: CreateHyperParameterTuningJob."""
