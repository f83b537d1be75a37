"""What runs: torch lives here only."""
