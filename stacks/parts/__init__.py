"""What a stack is put together from, where that needs other stacks: one part per file."""
