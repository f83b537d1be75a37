"""The border between the window and the engine: messages, client, server."""
