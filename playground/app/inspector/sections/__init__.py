"""One section of the inspector per file."""
