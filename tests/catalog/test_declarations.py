"""How options are read, and how bad values are reported."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from playground.app.theme.tokens import FAMILY_COLOURS
from playground.catalog.initializers import Initializer
from playground.catalog.optimizers import SGD, Adam, Optimizer
from playground.catalog.options import options_of
from playground.catalog.registry import (
    UnknownKindError,
    declared,
    explain,
    make,
    make_layer,
)
from playground.graph.declaration import Declaration
from playground.graph.graph import ID_PATTERN
from playground.graph.layer import Layer, UnknownLayer


def test_that_ids_made_from_layers_are_ids() -> None:
    for kind, layer in declared(Layer).items():
        assert ID_PATTERN.fullmatch(f"{layer.short}1"), kind
    shorts = [layer.short for layer in declared(Layer).values()]
    assert len(shorts) == len(set(shorts))


class Sample(Declaration):
    """Options of every type."""

    kind: ClassVar[str] = "sample"

    later: int = Field(3, ge=1, lt=9, json_schema_extra={"rank": 1, "live": True, "log": True})
    rate: float = Field(0.5, gt=0, le=2, title="Rate", description="How much.")
    size: int | None = Field(None, ge=1)
    on: bool = True
    how: Literal["a", "b"] = "a"
    sizes: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    where: str = Field("", json_schema_extra={"sort": "path"})


def test_that_options_are_read_with_their_bounds_and_order() -> None:
    found = {option.name: option for option in options_of(Sample)}
    assert list(found)[-1] == "later"
    assert (found["later"].low, found["later"].high) == (1, 9)
    assert found["later"].high_is_open
    assert not found["later"].low_is_open
    assert found["later"].is_live
    assert found["later"].is_log
    assert (found["rate"].low, found["rate"].low_is_open, found["rate"].high) == (0, True, 2)
    assert (found["rate"].title, found["later"].title) == ("Rate", "Later")
    assert {name: option.value_type for name, option in found.items()} == {
        "rate": "float",
        "size": "int",
        "on": "bool",
        "how": "choice",
        "sizes": "ints",
        "names": "texts",
        "where": "path",
        "later": "int",
    }
    assert found["size"].is_optional
    assert found["size"].low == 1
    assert found["how"].choices == ("a", "b")


def test_that_a_nested_declaration_is_an_option_of_its_category() -> None:
    (option,) = (o for o in options_of(declared(Layer)["Linear"]) if o.name == "initializer")
    assert option.value_type == "declaration"
    assert option.picks is Initializer
    assert option.to_dict()["default"] == {"kind": "default"}


def test_that_declarations_come_in_the_order_of_the_palette() -> None:
    assert list(declared(Layer))[:4] == ["Input", "Output", "Linear", "ReLU"]
    assert list(declared(Optimizer))[:4] == ["sgd", "adam", "adamw", "rmsprop"]


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ("adamm", "Unknown optimizer 'adamm'. Available: sgd, adam"),
        (3, 'expected {"kind": ..., options}, got 3'),
        ({}, "expected"),
        ({"kind": ["adam"]}, "expected"),
        ({"kind": "adam", "lr": -1}, r"adam: lr: .*greater than 0 \(got -1\)"),
        ({"kind": "adam", "speed": 1}, r"adam: speed: unknown option"),
        ({"kind": "adam", "lr": float("nan")}, "adam: lr"),
        ({"kind": "adam", "lr": "x" * 900}, r"got 'xxx.*\.\.\.\)"),
    ],
)
def test_that_bad_plain_values_are_explained_in_one_line(plain: object, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make(Optimizer, plain)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_that_an_unknown_layer_is_kept_but_not_an_unknown_option() -> None:
    layer = make_layer({"kind": "Quantum", "qubits": 3, "gate": {"kind": "x"}})
    assert isinstance(layer, UnknownLayer)
    assert layer.to_dict() == {"kind": "Quantum", "qubits": 3, "gate": {"kind": "x"}}
    with pytest.raises(ValueError, match="unknown option"):
        make_layer({"kind": "Linear", "qubits": 3})
    with pytest.raises(UnknownKindError):
        make(Layer, "Quantum")


def test_that_values_are_explained_by_their_place() -> None:
    with pytest.raises(ValidationError) as caught:
        SGD(lr="fast", momentum=2)
    assert explain(caught.value).startswith("lr: ")
    assert "; momentum: " in explain(caught.value)


def test_that_options_can_be_changed_but_declarations_cannot() -> None:
    adam = Adam()
    assert adam.with_options(lr=0.5).lr == 0.5
    with pytest.raises(ValidationError, match="frozen"):
        adam.lr = 0.5


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
