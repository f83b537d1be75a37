"""What a project is written out as: a PyTorch script, a table of its curves."""
