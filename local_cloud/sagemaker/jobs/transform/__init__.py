"""Transform jobs: rows of files are sent to a hosted model, and its predictions are written."""
