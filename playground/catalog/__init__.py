"""What can be picked: one declaration a thing, found by walking this folder."""
