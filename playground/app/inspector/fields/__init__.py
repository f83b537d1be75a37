"""Input fields for options."""
