"""Transform jobs: the rows of files are sent to a hosted model, and its answers become files."""
