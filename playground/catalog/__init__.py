"""What can be chosen: one declaration each, found in the modules of this folder."""
