"""A field for a declaration: an optimizer, a loss, a data set, an activation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from playground.app.inspector.fields.basic import Field
from playground.app.widgets.quiet_inputs import QuietComboBox
from playground.catalog.options import Option
from playground.graph.declaration import Declaration
from playground.translation import tr

OFF = "off"


class PickField(Field):
    """One of the declarations of the catalog, grouped by family."""

    def __init__(
        self,
        option: Option,
        parent: QWidget | None = None,
        *,
        among: Mapping[str, type[Declaration]] | None = None,
    ) -> None:
        super().__init__(option, parent)
        self.kinds = dict(among if among is not None else option.kinds())
        self.box = QuietComboBox()
        self._fill()
        self.box.activated.connect(self._on_chosen)
        self.add_control(self.box, 1)

    def _fill(self) -> None:
        if self.option.is_optional:
            self.box.addItem(tr("Off"), OFF)
        families = dict.fromkeys(kind.family for kind in self.kinds.values())
        for family in families:
            if len(families) > 1 and family:
                self.box.add_heading(tr(family))
            for name, kind in self.kinds.items():
                if kind.family == family:
                    self.box.addItem(tr(kind.label), name)
                    place = self.box.count() - 1
                    self.box.setItemData(place, tr(kind.help()), Qt.ItemDataRole.ToolTipRole)
        self.box.fit_popup()

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self.box.setCurrentIndex(self.box.findData(OFF if value is None else value.kind))
        if value is not None:
            about = f"{tr(value.label)}: {tr(value.help())}"
            self.box.setToolTip(f"{tr(self.option.help)}\n\n{about}".strip())

    def _on_chosen(self, place: int) -> None:
        name = self.box.itemData(place)
        if name == OFF:
            self._choose(None)
        elif name in self.kinds and name != getattr(self.value, "kind", None):
            self._choose(carried_over(self.value, self.kinds[name]))


def carried_over(old: Declaration | None, kind: type[Declaration]) -> Declaration:
    """A declaration of another kind, with the options that both have and that were changed."""
    if old is None:
        return kind()
    defaults = {name: field.default for name, field in type(old).model_fields.items()}
    kept = {
        name: getattr(old, name)
        for name in type(old).model_fields
        if name in kind.model_fields and getattr(old, name) != defaults[name]
    }
    try:
        return kind(**kept)
    except ValidationError:
        return kind()
