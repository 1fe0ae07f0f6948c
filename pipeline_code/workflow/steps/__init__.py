"""The kinds of steps, one per file; `step_kind.kinds` discovers them."""
