"""What explains: drawn formulas, the card beside a layer, the reference."""
