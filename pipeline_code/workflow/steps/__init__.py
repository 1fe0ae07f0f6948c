"""The kinds of steps, one per file; `step_kind.kinds` finds them by itself."""
