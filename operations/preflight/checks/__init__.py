"""The checks, one module each, with `CHECK = Check(name, run)`."""
