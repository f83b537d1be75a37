"""Commands and shortcuts as data: the menus, the shortcut sheet and the window read this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """Something the person can do: its method on the window, its words, its keys."""

    key: str
    text: str
    menu: str
    shortcuts: tuple[str, ...] = ()
    help: str = ""
    icon: str = ""
    is_canvas: bool = False
    """Whether the keys act only while the canvas has the focus; it handles them itself."""
    starts_group: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("new_project", "New…", "File", ("Ctrl+N",), "Start from a template or from nothing."),
    Command("open_project", "Open…", "File", ("Ctrl+O",), "Open a .nplay or a project.json."),
    Command("save", "Save", "File", ("Ctrl+S",), "Keep everything: graph, weights, curves."),
    Command("save_as", "Save as…", "File", ("Ctrl+Shift+S",), "Save under another name."),
    Command(
        "export",
        "Export…",
        "File",
        ("Ctrl+E",),
        "A PyTorch script, a picture of the canvas, or the curves as a table.",
        starts_group=True,
    ),
    Command("close", "Quit", "File", ("Ctrl+Q",), "Asks about unsaved changes.", starts_group=True),
    Command("undo", "Undo", "Edit", ("Ctrl+Z",), "Take the last edit back, any edit."),
    Command("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do what was undone again."),
    Command("cut", "Cut", "Edit", ("Ctrl+X",), "Copy the selection and delete it.", "", True, True),
    Command("copy", "Copy", "Edit", ("Ctrl+C",), "As text, also for another window.", "", True),
    Command("paste", "Paste", "Edit", ("Ctrl+V",), "What was copied here or there.", "", True),
    Command("duplicate", "Duplicate", "Edit", ("Ctrl+D",), "Copy and paste at once.", "", True),
    Command("delete", "Delete", "Edit", ("Delete",), "The selected layers and wires.", "", True),
    Command("select_all", "Select all", "Edit", ("Ctrl+A",), "Every layer.", "", True),
    Command(
        "add_layer", "Add layer…", "Edit", ("/",), "Type a few letters of its name.", "", True, True
    ),
    Command("rename", "Rename", "Edit", ("F2",), "Give the selected layer a name.", "", True),
    Command(
        "make_block",
        "Make block…",
        "Edit",
        ("Ctrl+G",),
        "One node for the selected layers; it can be opened again.",
        starts_group=True,
    ),
    Command("open_block", "Open block", "Edit", ("Ctrl+Shift+G",), "Into its parts."),
    Command("toggle_frozen", "Freeze", "Edit", ("Ctrl+Shift+F",), "Weights stay as they are."),
    Command("toggle_bypass", "Bypass", "Edit", ("Ctrl+B",), "Pass the input on as it is."),
    Command("toggle_training", "Train / Pause", "Train", ("F5", "Space"), "Start or pause."),
    Command("step_batch", "Step one batch", "Train", ("F6",), "One update of the weights."),
    Command("step_epoch", "Step one epoch", "Train", ("Shift+F6",), "Once through the examples."),
    Command(
        "restart",
        "Restart, same weights",
        "Train",
        ("Ctrl+R",),
        "Back to the very same initial weights, to compare settings fairly.",
        starts_group=True,
    ),
    Command(
        "restart_anew",
        "Restart, new weights",
        "Train",
        ("Ctrl+Shift+R",),
        "Draw other initial weights: the seed goes up by one.",
    ),
    Command("fit", "Fit the whole net", "View", ("Ctrl+0", "F"), "Show everything."),
    Command("zoom_in", "Zoom in", "View", ("Ctrl++", "Ctrl+="), "Or turn the wheel."),
    Command("zoom_out", "Zoom out", "View", ("Ctrl+-",), "Or turn the wheel."),
    Command("reset_zoom", "Actual size", "View", ("Ctrl+1",), "One to one."),
    Command("tidy", "Tidy up", "View", ("Ctrl+L",), "Lay the layers out from left to right."),
    Command(
        "toggle_theme",
        "Dark or light",
        "View",
        ("Ctrl+T",),
        "Light suits a projector.",
        starts_group=True,
    ),
    Command("full_screen", "Full screen", "View", ("F11",), "And back."),
    Command("show_shortcuts", "Keyboard shortcuts", "Help", ("F1", "?"), "This sheet."),
    Command(
        "show_reference", "Reference", "Help", ("Shift+F1",), "All that can be picked, explained."
    ),
    Command("show_about", "About Playground", "Help", (), "Versions and devices."),
)
MENUS = ("File", "Edit", "Train", "View", "Help")
GESTURES: tuple[tuple[str, str], ...] = (
    ("Drag a layer from the left", "Put it on the canvas; on a wire, into the wire"),
    ("Drag from port to port", "Connect; on empty canvas, choose what fits"),
    ("Drag on empty canvas", "Select with a rubber band"),
    ("Middle drag, or Space and drag", "Pan"),
    ("Wheel", "Zoom on the cursor"),
    ("Double-click on empty canvas", "Add a layer by name"),
    ("Esc", "Cancel the gesture at hand; from a field, back to the canvas"),
    ("Tab, Enter", "Walk the layers; to the options of the selected one"),
    ("C", "Connect the selected layer: Tab chooses where to, Enter connects"),
    ("Arrow keys", "Nudge the selection"),
    ("Up, Down in a number field", "Step its value"),
)
