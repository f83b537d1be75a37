"""What every declaration must say, and what forms and the reference read from it."""

from __future__ import annotations

import json
from typing import ClassVar, Literal

import pytest
from pydantic import Field, ValidationError

from playground.catalog.initializers import Initializer
from playground.catalog.optimizers import SGD, Adam, Optimizer
from playground.catalog.options import options_of
from playground.catalog.registry import (
    UnknownKindError,
    all_declarations,
    base_of,
    declared,
    explain,
    make,
    make_layer,
)
from playground.graph.declaration import Declaration
from playground.graph.graph import ID_PATTERN
from playground.graph.layer import Layer, UnknownLayer

EVERYTHING = all_declarations()
IDS = [kind.__name__ for kind in EVERYTHING]


@pytest.mark.parametrize("kind", EVERYTHING, ids=IDS)
def test_that_a_declaration_helps_a_student(kind: type[Declaration]) -> None:
    assert kind.label
    assert len(kind.help()) > 15
    assert kind.help().endswith((".", "!", "?")) or kind.help()[-1].isalnum()
    for option in options_of(kind):
        assert option.title, option.name
        assert option.help.endswith((".", "!", "?")), option.name
        assert not isinstance(option.default, type(...)), option.name


@pytest.mark.parametrize("kind", EVERYTHING, ids=IDS)
def test_that_a_declaration_can_be_made_from_its_kind_alone_and_comes_back_from_json(
    kind: type[Declaration],
) -> None:
    value_type = base_of(kind)
    plain = json.loads(json.dumps(kind().to_dict()))
    assert make(value_type, plain) == make(value_type, kind.kind) == kind()
    assert hash(kind()) == hash(make(value_type, plain))
    for option in options_of(kind):
        json.dumps(option.to_dict())


@pytest.mark.parametrize("kind", EVERYTHING, ids=IDS)
def test_that_numbers_out_of_bounds_are_refused(kind: type[Declaration]) -> None:
    for option in options_of(kind):
        if option.value_type not in ("int", "float"):
            continue
        step = 1 if option.value_type == "int" else 1e-3
        if option.low is not None:
            bad = option.low if option.low_is_open else option.low - step
            with pytest.raises(ValidationError, match="greater than"):
                kind(**{option.name: bad})
        if option.high is not None:
            bad = option.high if option.high_is_open else option.high + max(step, 1)
            with pytest.raises(ValidationError, match="less than"):
                kind(**{option.name: bad})


def test_that_ids_made_from_layers_are_ids() -> None:
    for kind, layer in declared(Layer).items():
        assert ID_PATTERN.fullmatch(f"{layer.short}1"), kind
    shorts = [layer.short for layer in declared(Layer).values()]
    assert len(shorts) == len(set(shorts))


class Sample(Declaration):
    """Options of every sort."""

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


def test_that_declared_things_come_in_the_order_of_the_palette() -> None:
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
