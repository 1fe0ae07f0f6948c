"""The types of steps as documented by AWS: each file lists some as `STEP_TYPES`."""
