"""Small pipelines that never change with the user's: each step kind that a definition may hold."""
