"""The window in the pseudo-locale: what is plain text, what does not fit."""
