"""The inspector: forms over what is selected and over the training recipe."""
