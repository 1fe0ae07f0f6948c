"""The types of steps as AWS documents them: each file lists some as `STEP_TYPES`."""
