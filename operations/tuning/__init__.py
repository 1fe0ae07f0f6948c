"""Reports of hyperparameter tuning jobs: the training jobs as a DataFrame, and a chart."""

from operations.tuning.trials import read_trials, trials_frame

__all__ = ["read_trials", "trials_frame"]
