"""The pages: a module for each, whose function returns a `View` from the APIs of AWS."""
