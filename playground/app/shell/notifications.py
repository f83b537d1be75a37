"""Messages for the person: in passing at the foot of the canvas, or to be answered above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playground.app.document import Document
from playground.app.widgets.notice import Notice, Offer
from playground.app.widgets.toast import Toast
from playground.graph.diagnose import Diagnostic
from playground.translation import tr, trn


class NodeFinder(Protocol):
    """Shows where a node is: the camera of the canvas."""

    def bring_to_view(self, node_id: str) -> None:
        """Scroll until the node is visible."""
        ...


class Notifications:
    """Words a failure, and shows it at the right place: the notice, the toast, the node."""

    def __init__(
        self, document: Document, notice: Notice, toast: Toast, finder: NodeFinder
    ) -> None:
        self._document, self._finder = document, finder
        self._notice, self._toast = notice, toast

    def show_passing(self, text: str) -> None:
        """A message that disappears by itself."""
        self._toast.show_text(text)

    def show_failure(self, text: str, *offers: Offer) -> None:
        """A message that stays until it is answered or closed."""
        self._notice.show_message(text, *offers, is_bad=True)

    def show_errors(self, errors: Sequence[Diagnostic]) -> None:
        """Why training cannot start: the first error with its fix, and its node."""
        document, first = self._document, errors[0]
        offers: list[Offer] = []
        if first.fix is not None:
            fix = first.fix
            offers.append(
                (fix.label, lambda: document.edit(fix.label, document.project.apply(fix)))
            )
        text = first.message
        if first.node:
            document.select([first.node])
            self._finder.bring_to_view(first.node)
            text = tr(
                "Can't start training. {layer}: {message}",
                layer=document.graph.nodes[first.node].title,
                message=text,
            )
        else:
            text = tr("Can't start training. {message}", message=text)
        if len(errors) > 1:
            more = len(errors) - 1
            text = trn(
                "{first} ({count} more error)", "{first} ({count} more errors)", more, first=text
            )
        self.show_failure(text, *offers)

    def show_node(self, node_id: str) -> None:
        """Scroll to the node that a message is about."""
        self._finder.bring_to_view(node_id)

    def close(self) -> None:
        """Hide the message that waits for an answer."""
        self._notice.hide()
