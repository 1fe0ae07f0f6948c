"""Commands for a deployed environment, on AWS or on the laptop cloud."""
