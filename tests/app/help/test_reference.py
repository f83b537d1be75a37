"""The reference window: search, keyboard, links, and both themes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.help.html import html
from playground.app.help.links import linked, named_on, see_also
from playground.app.help.reference import PageBrowser, ReferenceWindow
from playground.app.theme.tokens import theme
from playground.reference.page import pages

IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def reference(qtbot: QtBot) -> Iterator[ReferenceWindow]:
    theme.use("dark")
    window = ReferenceWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.open_page()
    yield window
    theme.use("dark")


def test_that_it_opens_with_all_pages(reference: ReferenceWindow) -> None:
    assert reference.shown == list(pages())
    assert reference.current == reference.shown[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("fully connected", "layers/Linear"),
        ("adam", "optimizers/adam"),
        ("kaiming uniform", "initializers/he_uniform"),
        ("logistic loss", "losses/bce_with_logits"),
        ("rosenblatt", "optimizers/perceptron"),
        ("zig-zag", "layers/Sigmoid"),
        ("dilation", "layers/Conv2d"),
        ("sigmiod", "layers/Sigmoid"),
    ],
)
def test_that_pages_are_found_by_their_names_and_by_words_of_the_text(
    query: str, first: str, reference: ReferenceWindow
) -> None:
    QTest.keyClicks(reference.field, query)
    assert reference.shown[0] == first
    assert reference.current == first
    assert pages()[first].title in reference.browser.toPlainText()


def test_that_search_without_match_is_empty_and_escape_resets_it(
    reference: ReferenceWindow,
) -> None:
    QTest.keyClicks(reference.field, "qqqq")
    assert reference.shown == []
    assert "qqqq" in reference.list.item(0).text().casefold()
    QTest.keyClick(reference.field, Qt.Key.Key_Escape)
    assert reference.shown == list(pages())
    assert reference.isVisible()


def test_that_arrow_keys_move_through_the_pages(reference: ReferenceWindow) -> None:
    keys = list(pages())
    QTest.keyClick(reference.field, Qt.Key.Key_Down)
    QTest.keyClick(reference.field, Qt.Key.Key_Down)
    assert reference.current == keys[2]
    QTest.keyClick(reference.field, Qt.Key.Key_Up)
    assert reference.current == keys[1]
    QTest.keyClick(reference.field, Qt.Key.Key_Return)
    assert reference.isVisible()


def test_that_it_opens_at_the_requested_page(reference: ReferenceWindow) -> None:
    QTest.keyClicks(reference.field, "adam")
    reference.open_page("layers/Conv2d")
    assert reference.current == "layers/Conv2d"
    assert reference.field.text() == ""
    reference.open_page("layers/Nothing")
    assert reference.current == "layers/Conv2d"


def test_that_formulas_are_images_and_nothing_else_is_loaded(qtbot: QtBot) -> None:
    browser = PageBrowser()
    qtbot.addWidget(browser)
    drawn = browser.loadResource(IMAGE, QUrl("formula:layers/Sigmoid"))
    assert isinstance(drawn, QImage)
    assert browser.loadResource(IMAGE, QUrl("formula:layers/Nothing")) is None
    assert browser.loadResource(IMAGE, QUrl("https://example.org/x.png")) is None
    assert browser.loadResource(IMAGE, QUrl("file:///etc/hostname")) is None


def test_that_the_page_changes_with_the_theme(reference: ReferenceWindow) -> None:
    reference.open_page("layers/Sigmoid")
    dark = reference.browser.toHtml()
    before = reference.browser.grab().toImage()
    theme.use("light")
    assert reference.current == "layers/Sigmoid"
    assert reference.browser.toHtml() != dark
    assert reference.browser.grab().toImage() != before


# Links


def test_that_pages_lead_to_each_other(reference: ReferenceWindow) -> None:
    reference.open_page("initializers/he_normal")
    assert 'href="page:layers/ReLU"' in html(pages()["initializers/he_normal"])
    reference.browser.anchorClicked.emit(QUrl("page:layers/ReLU"))
    assert reference.current == "layers/ReLU"
    reference.browser.anchorClicked.emit(QUrl("page:layers/LeakyReLU"))
    assert reference.current == "layers/LeakyReLU"
    reference.back.click()
    assert reference.current == "layers/ReLU"
    reference.back.click()
    assert reference.current == "initializers/he_normal"
    assert reference.back.isHidden()


def test_that_a_link_leaves_the_search(reference: ReferenceWindow) -> None:
    QTest.keyClicks(reference.field, "kaiming")
    reference.browser.anchorClicked.emit(QUrl("page:layers/ReLU"))
    assert reference.current == "layers/ReLU"
    assert reference.field.text() == ""


def test_that_other_links_are_ignored(reference: ReferenceWindow) -> None:
    before = reference.current
    for url in ("https://example.org", "page:layers/Nothing", "file:///etc/hostname"):
        reference.browser.anchorClicked.emit(QUrl(url))
    assert reference.current == before
    assert reference.back.isHidden()


def test_that_every_link_leads_to_a_page_and_none_to_itself() -> None:
    for key, page in pages().items():
        for other in (*named_on(page), *see_also(page)):
            assert other in pages()
            assert other != key


def test_that_layers_link_to_initializers_and_those_to_activations() -> None:
    assert "initializers/default" in named_on(pages()["layers/Linear"])
    assert "layers/ReLU" in named_on(pages()["initializers/he_normal"])
    assert "initializers/he_normal" in see_also(pages()["layers/ReLU"])
    assert "layers/Tanh" in named_on(pages()["initializers/xavier_uniform"])


def test_that_the_first_word_of_a_sentence_is_not_a_link() -> None:
    page = pages()["layers/Linear"]
    marked = linked("Add a Step. Zeros help. Use Add.", page, lambda key, name: f"[{key}]")
    assert marked == "Add a [layers/Step]. Zeros help. Use [layers/Add]."
