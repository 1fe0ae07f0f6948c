"""The images' own entry points: what a training job runs that names no command."""
