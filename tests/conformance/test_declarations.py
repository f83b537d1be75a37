"""The battery over every declaration: options come back from JSON, and a student is told enough."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.app.theme.tokens import FAMILY_COLOURS
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.layers.base.weighted import Biased, Scaled, Weighted
from playground.catalog.options import options_of
from playground.catalog.registry import all_declarations, base_of, declared, make
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.reference.page import pages
from tests.catalog.generated import made, single_layers

LAYERS = list(single_layers().values())


@pytest.mark.parametrize("kind", all_declarations(), ids=lambda c: c.__name__)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_that_any_options_come_back_from_json(kind: type[Declaration], data: st.DataObject) -> None:
    value_type = base_of(kind)
    one = data.draw(made(kind))
    again = make(value_type, json.loads(json.dumps(one.to_dict())))
    assert again == one
    assert hash(again) == hash(one)
    assert again.with_options() == one


@pytest.mark.parametrize("kind", LAYERS, ids=lambda c: c.kind)
def test_that_a_layer_tells_a_student_what_it_is(kind: type[Layer]) -> None:
    assert len(kind.help()) > 40
    assert kind.source
    assert kind.short.isidentifier()
    assert kind.formula
    assert kind().infer.__doc__


@pytest.mark.parametrize("kind", LAYERS, ids=lambda c: c.kind)
def test_that_every_weight_can_be_drawn_and_held_small_in_its_own_way(kind: type[Layer]) -> None:
    names = {option.name: option for option in options_of(kind)}
    assert issubclass(kind, Weighted) == bool({"initializer", "init"} & set(names))
    if issubclass(kind, Weighted):
        assert all(names[name].is_live for name in ("l1", "l2", "max_norm"))
    if issubclass(kind, Weighted) and not issubclass(kind, Scaled):
        assert ("bias" in names) == issubclass(kind, Biased)
    if "bias_initializer" in names:
        kinds = names["bias_initializer"].kinds()
        assert {"default", "zeros", "normal"} <= set(kinds)
        assert not {"he_normal", "xavier_uniform"} & set(kinds)


@pytest.mark.parametrize("key", list(pages()))
def test_that_everything_says_when_to_use_it_and_what_goes_wrong(key: str) -> None:
    one = pages()[key].declaration
    for text in (one.when, one.pitfall):
        assert 20 < len(text) <= 160, text
        assert text.endswith("."), text
        assert text[0].isupper() or text[0].isdigit(), text
    assert one.help().endswith(".")
    assert one.aliases
    assert not {alias for alias in one.aliases if alias != alias.casefold()}
    assert len(set(one.aliases)) == len(one.aliases)


@pytest.mark.parametrize("key", list(pages()))
def test_that_everything_has_a_formula_and_a_source_where_one_makes_sense(key: str) -> None:
    one = pages()[key].declaration
    is_end = one.kind in ("Input", "Output")
    assert bool(one.source) != is_end
    assert one.formula or is_end or issubclass(one, Dataset)
    assert bool(one.letters) == bool(one.formula), "its letters are told"


def test_that_the_palette_is_in_the_order_of_its_families() -> None:
    families = list(dict.fromkeys(kind.family for kind in declared(Layer).values()))
    known = [family for family in families if family in FAMILY_COLOURS]
    assert known == [family for family in FAMILY_COLOURS if family in known]
    assert len(families) == len(set(families))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("fully connected", "Linear"),
        ("dense", "Linear"),
        ("skip connection", "Add"),
        ("shortcut", "Add"),
        ("swish", "SiLU"),
        ("relu6", "Hardtanh"),
        ("gate", "Multiply"),
        ("transpose", "Permute"),
        ("word vectors", "Embedding"),
        ("transformer", "SelfAttention"),
        ("deconvolution", "ConvTranspose2d"),
        ("spatial dropout", "Dropout2d"),
        ("gap", "GlobalAvgPool"),
    ],
)
def test_that_a_layer_is_found_by_its_other_names(words: str, kind: str) -> None:
    assert words in declared(Layer)[kind].aliases
