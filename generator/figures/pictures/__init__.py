"""Every picture of a run, one a file."""
