"""What is drawn: pure values, without torch and without Qt."""
