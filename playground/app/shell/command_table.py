"""All commands of the window, each described once: menus, context menus, the top bar, tooltips,
the shortcut sheet and the table in the README are drawn from this."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence

from playground.app.shell import command_state as state
from playground.app.shell.command import Command
from playground.app.shell.commands import Commands
from playground.app.shell.editing_commands import EDITING
from playground.app.shell.shortcut_sheet import ShortcutSheet
from playground.app.theme.tokens import LARGEST_SCALE, SMALLEST_SCALE, theme
from playground.translation import N_, tr

Standard = QKeySequence.StandardKey
Role = QAction.MenuRole
TEXT_STEP = 10
"""Percent of the normal size."""
MENUS = (N_("File"), N_("Edit"), N_("Train"), N_("View"), N_("Help"))

COMMANDS: tuple[Command, ...] = (
    Command(
        "new_project",
        N_("New…"),
        "File",
        lambda c: c.new_project(),
        N_("Start from a template or an empty project."),
        keys=("Ctrl+N",),
        standard=Standard.New,
    ),
    Command(
        "open_project",
        N_("Open…"),
        "File",
        lambda c: c.files.ask_and_open(),
        N_("Open a .nplay file or a project.json."),
        keys=("Ctrl+O",),
        standard=Standard.Open,
    ),
    Command(
        "save",
        N_("Save"),
        "File",
        lambda c: c.files.save(),
        N_("Save the network, its weights and the learning curves."),
        keys=("Ctrl+S",),
        standard=Standard.Save,
    ),
    Command(
        "save_as",
        N_("Save as…"),
        "File",
        lambda c: c.files.save_as(),
        N_("Save to another file."),
        keys=("Ctrl+Shift+S",),
        standard=Standard.SaveAs,
    ),
    Command(
        "export",
        N_("Export…"),
        "File",
        lambda c: c.export(),
        N_("Write a PyTorch script, a picture of the canvas, or the learning curves as a table."),
        keys=("Ctrl+E",),
        starts_group=True,
    ),
    Command(
        "quit",
        N_("Quit"),
        "File",
        lambda c: c.window.close(),
        N_("Close the window; asks about unsaved changes."),
        keys=("Ctrl+Q",),
        standard=Standard.Quit,
        starts_group=True,
        role=Role.QuitRole,
    ),
    *EDITING,
    Command(
        "toggle_training",
        N_("Train / Pause"),
        "Train",
        lambda c: c.toggle_training(),
        N_("Start or pause training."),
        keys=("F5",),
        watched_keys=("Space",),
        title_now=state.train_title,
        icon="mdi6.play",
        icon_now=state.train_icon,
    ),
    Command(
        "step_batch",
        N_("Step one batch"),
        "Train",
        lambda c: c.run.step("batch"),
        N_("Train for one batch: one update of the weights."),
        keys=("F6",),
        is_enabled=state.can_step,
        button=N_("Step"),
        icon="mdi6.skip-next",
    ),
    Command(
        "step_epoch",
        N_("Step one epoch"),
        "Train",
        lambda c: c.run.step("epoch"),
        N_("Train for one epoch: one pass over the training set."),
        keys=("Shift+F6",),
        is_enabled=state.can_step,
        button=N_("Step"),
        icon="mdi6.skip-next",
    ),
    Command(
        "restart",
        N_("Restart with the same weights"),
        "Train",
        lambda c: c.run.restart(),
        N_("Go back to the same initial weights, to compare settings fairly."),
        keys=("Ctrl+R",),
        starts_group=True,
        button=N_("Restart"),
        icon="mdi6.restart",
    ),
    Command(
        "restart_with_new_weights",
        N_("Restart with new weights"),
        "Train",
        lambda c: c.restart_with_new_weights(),
        N_("Draw other initial weights by adding 1 to the seed."),
        keys=("Ctrl+Shift+R",),
    ),
    Command(
        "fit",
        N_("Fit the whole network"),
        "View",
        lambda c: c.canvas.camera.fit(),
        N_("Zoom until the whole network is visible."),
        keys=("Ctrl+0", "F"),
        contexts=("canvas",),
    ),
    Command(
        "zoom_in",
        N_("Zoom in"),
        "View",
        lambda c: c.canvas.camera.zoom_in(),
        N_("Zoom in; the wheel does so too."),
        keys=("Ctrl++", "Ctrl+="),
        standard=Standard.ZoomIn,
    ),
    Command(
        "zoom_out",
        N_("Zoom out"),
        "View",
        lambda c: c.canvas.camera.zoom_out(),
        N_("Zoom out; the wheel does so too."),
        keys=("Ctrl+-",),
        standard=Standard.ZoomOut,
    ),
    Command(
        "reset_zoom",
        N_("Actual size"),
        "View",
        lambda c: c.canvas.camera.reset_zoom(),
        N_("Reset the zoom to 100 %."),
        keys=("Ctrl+1",),
    ),
    Command(
        "tidy",
        N_("Tidy up"),
        "View",
        lambda c: c.canvas.edits.tidy(),
        N_("Arrange the layers from left to right."),
        keys=("Ctrl+L",),
        contexts=("canvas",),
    ),
    Command(
        "toggle_theme",
        N_("Switch theme"),
        "View",
        lambda c: c.toggle_theme(),
        N_("Switch theme (light works better on a projector)."),
        keys=("Ctrl+T",),
        icon="mdi6.theme-light-dark",
        starts_group=True,
    ),
    Command(
        "larger_text",
        N_("Larger text"),
        "View",
        lambda c: c.set_text_size(theme.text_scale + TEXT_STEP),
        N_("Make all text larger, up to 200 %."),
        keys=("Ctrl+Alt++", "Ctrl+Alt+="),
        submenu=N_("Text size"),
        is_enabled=lambda c: theme.text_scale < LARGEST_SCALE,
    ),
    Command(
        "smaller_text",
        N_("Smaller text"),
        "View",
        lambda c: c.set_text_size(theme.text_scale - TEXT_STEP),
        N_("Make all text smaller, down to 100 %."),
        keys=("Ctrl+Alt+-",),
        submenu=N_("Text size"),
        is_enabled=lambda c: theme.text_scale > SMALLEST_SCALE,
    ),
    Command(
        "reset_text",
        N_("Normal text size"),
        "View",
        lambda c: c.set_text_size(SMALLEST_SCALE),
        N_("Show all text at 100 %."),
        keys=("Ctrl+Alt+0",),
        submenu=N_("Text size"),
        is_enabled=lambda c: theme.text_scale > SMALLEST_SCALE,
    ),
    Command(
        "full_screen",
        N_("Full screen"),
        "View",
        lambda c: c.toggle_full_screen(),
        N_("Fill the screen, or restore the window."),
        keys=("F11",),
        standard=Standard.FullScreen,
        is_checked=lambda c: c.window.isFullScreen(),
    ),
    Command(
        "show_shortcuts",
        N_("Keyboard shortcuts"),
        "Help",
        lambda c: _show_shortcuts(c),
        N_("All keys and mouse gestures."),
        keys=("F1", "?"),
    ),
    Command(
        "show_reference",
        N_("Reference"),
        "Help",
        lambda c: c.show_reference(),
        N_("Reference pages for every layer, loss and data set."),
        keys=("Shift+F1",),
    ),
    Command(
        "copy_diagnostics",
        N_("Copy diagnostics"),
        "Help",
        lambda c: c.copy_diagnostics(),
        N_("Copy versions, devices and the end of the log, for a bug report."),
        starts_group=True,
    ),
    Command(
        "show_about",
        N_("About Playground"),
        "Help",
        lambda c: c.show_about(),
        N_("Versions and devices."),
        role=Role.AboutRole,
    ),
)
GESTURES: tuple[tuple[str, str], ...] = (
    (N_("Drag a layer from the palette"), N_("Add it to the canvas; on a wire, insert it there")),
    (N_("Drag from port to port"), N_("Connect; on empty canvas, choose a layer that fits")),
    (N_("Drag on empty canvas"), N_("Select several layers")),
    (N_("Middle drag, or hold Space and drag"), N_("Pan")),
    (N_("Wheel"), N_("Zoom at the cursor")),
    (N_("Double-click on empty canvas"), N_("Add a layer by name")),
    (N_("Esc"), N_("Cancel the current action; in a field, return to the canvas")),
    (N_("Tab, Enter"), N_("Next layer; edit the selected layer's options")),
    (N_("/ outside the canvas"), N_("Search the palette")),
    (N_("Arrow keys"), N_("Move the selected layers; with Ctrl, select a neighbour")),
    (N_("Up, Down in a number field"), N_("Increase or decrease the value")),
)
"""What a mouse does, and keys that depend on where the focus is."""


def _show_shortcuts(commands: Commands) -> None:
    sheet = ShortcutSheet(shortcut_groups(), gesture_rows(), commands.window)
    sheet.exec()
    sheet.deleteLater()


def shortcut_groups() -> dict[str, list[tuple[str, str]]]:
    """For every menu the keys and the titles of its commands that have keys."""
    found: dict[str, list[tuple[str, str]]] = {tr(menu): [] for menu in MENUS}
    for command in COMMANDS:
        if command.keys_text():
            found[tr(command.menu)].append((command.keys_text(), tr(command.title)))
    return found


def gesture_rows() -> list[tuple[str, str]]:
    """The gestures, and what they do."""
    return [(tr(gesture), tr(effect)) for gesture, effect in GESTURES]
