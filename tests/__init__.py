"""The tests. They are a package, so that no other `tests` in sys.path is imported instead."""
