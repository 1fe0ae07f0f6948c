"""The step types that AWS documents: `STEP_TYPES` of each module."""
