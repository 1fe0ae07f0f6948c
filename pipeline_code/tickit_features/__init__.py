"""The feature groups of TICKIT, and the pipeline that fills them."""
