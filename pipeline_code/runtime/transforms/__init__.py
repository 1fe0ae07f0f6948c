"""The transforms of a flow: one module each, whose name is the kind of the transform in JSON.

A further transform is a file with a subclass of `Transform`; nothing lists it.
"""
