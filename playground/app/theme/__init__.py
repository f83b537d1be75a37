"""How everything looks, in one place."""
