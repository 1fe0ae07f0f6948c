"""The images' own entry points, for jobs without a command."""
