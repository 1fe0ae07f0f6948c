"""The images' own entry points, for jobs that do not name a command."""
