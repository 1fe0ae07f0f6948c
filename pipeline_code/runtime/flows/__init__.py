"""Declared data preparation: an ordered list of transforms, the same in training and serving."""
