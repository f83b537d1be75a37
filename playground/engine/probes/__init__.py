"""What can be read off a running net: one file a probe."""
