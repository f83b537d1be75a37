"""What is seen: Qt lives here only."""
