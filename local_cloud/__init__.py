"""The laptop cloud: moto's server, extended so that the whole deployed app runs."""
