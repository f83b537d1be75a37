"""The documentation site: pages collected from the repository, and pictures that the app draws."""
