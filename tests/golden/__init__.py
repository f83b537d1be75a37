"""Projects and scripts written before the folders changed, and the numbers they gave then."""
