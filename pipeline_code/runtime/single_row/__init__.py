"""The prediction of one row without scikit-learn's checks, which take longer than the model."""
