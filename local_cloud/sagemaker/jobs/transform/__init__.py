"""Transform jobs: send rows of files to a hosted model, and write its predictions."""
