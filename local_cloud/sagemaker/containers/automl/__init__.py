"""The search of an AutoML job: candidates of scikit-learn and XGBoost, and their hosting code."""
