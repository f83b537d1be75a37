"""Widgets that know neither a document nor a session."""
