"""Benchmarks of the laptop run: seconds, and ratios that do not depend on the machine."""
