"""An example of a plug-in for Playground: everything in it is called "acme.…"."""
