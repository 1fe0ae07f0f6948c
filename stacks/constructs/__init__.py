"""What the stacks are made of: one capability per file."""
