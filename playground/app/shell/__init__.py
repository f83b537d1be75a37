"""The main window, its commands, dialogs and files."""
