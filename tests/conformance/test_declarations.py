"""What every declaration must have: texts, options that survive JSON, bounds, and a page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.layers.base.weighted import Biased, Scaled, Weighted
from playground.catalog.options import options_of
from playground.catalog.registry import base_of, declared, make
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer, required
from playground.project.training import Training
from playground.reference.markdown import markdown
from playground.reference.page import page_of
from tests.catalog.generated import made, single_layers
from tests.conformance.sweep import (
    DECLARATIONS,
    each_declaration,
    each_declaration_sampled,
    each_layer,
)

TEXTS = ("kind", "label", "family", "formula", "letters", "source", "when", "pitfall", "where")
LAYERS = single_layers()


def test_that_no_declaration_is_left_out() -> None:
    assert len(DECLARATIONS) == len({*DECLARATIONS.values()})
    assert {*DECLARATIONS.values()} >= {*declared(Layer).values(), *declared(Dataset).values()}


@each_declaration
def test_that_its_texts_help_a_student(one: type[Declaration]) -> None:
    assert one.label
    assert len(one.help()) > 15
    assert one.help().endswith("."), one.help()
    for text in (one.when, one.pitfall):
        assert 20 < len(text) <= 160, text
        assert text.endswith("."), text
        assert text[0].isupper() or text[0].isdigit(), text
    assert one.aliases
    assert not {alias for alias in one.aliases if alias != alias.casefold()}
    assert len(set(one.aliases)) == len(one.aliases), one.aliases
    for option in options_of(one):
        assert option.title, option.name
        assert option.help.endswith((".", "!", "?")), option.name
        assert not isinstance(option.default, type(...)), option.name


@each_declaration
def test_that_it_has_a_formula_with_its_letters_and_a_source(one: type[Declaration]) -> None:
    is_end = one.kind in ("Input", "Output")
    assert bool(one.source) != is_end
    assert one.formula or is_end or issubclass(one, Dataset)
    assert bool(one.letters) == bool(one.formula), "every formula has its letters explained"


@each_declaration
def test_that_no_text_holds_control_characters(one: type[Declaration]) -> None:
    texts = [str(getattr(one, name, "")) for name in TEXTS]
    texts += [one.help(), *one.aliases]
    for option in options_of(one):
        texts += [option.title, option.help, *map(str, option.choices)]
    if issubclass(one, Layer):
        texts += [text for port in (*one.inputs, *one.outputs) for text in (port.name, port.help)]
    for text in texts:
        assert all(letter.isprintable() for letter in text), repr(text)


def from_plain(one: type[Declaration], plain: object) -> Declaration:
    """A declaration read from JSON; the training of a project has no kinds to choose from."""
    if one is not Training:
        return make(base_of(one), plain)
    assert isinstance(plain, dict)
    return Training(**{name: value for name, value in plain.items() if name != "kind"})


@each_declaration_sampled
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_that_any_options_come_back_from_json(one: type[Declaration], data: st.DataObject) -> None:
    for value in (one(), data.draw(made(one))):
        again = from_plain(one, json.loads(json.dumps(value.to_dict())))
        assert again == value
        assert hash(again) == hash(value)
        assert again.with_options() == value
    assert one is Training or make(base_of(one), one.kind) == one()
    for option in options_of(one):
        json.dumps(option.to_dict())


@each_declaration
def test_that_numbers_out_of_bounds_are_refused(one: type[Declaration]) -> None:
    for option in options_of(one):
        if option.value_type not in ("int", "float"):
            continue
        step = 1 if option.value_type == "int" else 1e-3
        if option.low is not None:
            bad = option.low if option.low_is_open else option.low - step
            with pytest.raises(ValidationError, match="greater than"):
                one(**{option.name: bad})
        if option.high is not None:
            bad = option.high if option.high_is_open else option.high + max(step, 1)
            with pytest.raises(ValidationError, match="less than"):
                one(**{option.name: bad})


@each_declaration
def test_that_its_page_contains_everything_that_is_declared(one: type[Declaration]) -> None:
    page = page_of(one)
    assert page is not None
    assert page.declaration is one
    text = markdown(page)
    for part in (one.label, one.help(), one.formula, one.source, one.when, one.pitfall):
        assert part in text
    for option in options_of(one):
        assert option.name in text
        assert option.help.replace("|", "\\|") in text, option.name


# Layers


@each_layer
def test_that_a_layer_has_one_optional_port_at_most_and_that_last(kind: str) -> None:
    ports = declared(Layer)[kind].inputs
    assert len(ports) - len(required(ports)) <= 1
    assert required(ports) == ports[: len(required(ports))]


@pytest.mark.parametrize("kind", LAYERS)
def test_that_a_layer_documents_its_name_formula_and_shapes(kind: str) -> None:
    layer = LAYERS[kind]
    assert len(layer.help()) > 40
    assert layer.source
    assert layer.short.isidentifier()
    assert layer.formula
    assert layer().infer.__doc__


@pytest.mark.parametrize("kind", LAYERS)
def test_that_every_weight_has_an_initializer_and_penalties(kind: str) -> None:
    layer = LAYERS[kind]
    names = {option.name: option for option in options_of(layer)}
    assert issubclass(layer, Weighted) == bool({"initializer", "init"} & set(names))
    if issubclass(layer, Weighted):
        assert all(names[name].is_live for name in ("l1", "l2", "max_norm"))
    if issubclass(layer, Weighted) and not issubclass(layer, Scaled):
        assert ("bias" in names) == issubclass(layer, Biased)
    if "bias_initializer" in names:
        kinds = names["bias_initializer"].kinds()
        assert {"default", "zeros", "normal"} <= set(kinds)
        assert not {"he_normal", "xavier_uniform"} & set(kinds)
