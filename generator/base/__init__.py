"""What every part stands on: problems, digests, kept files, colours."""
