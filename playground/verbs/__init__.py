"""The verbs of the command line, one file each. Torch, Qt and rich are loaded when needed."""
