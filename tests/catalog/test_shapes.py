"""Shapes and parameters against torch's meta device, which computes shapes without numbers."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from playground.catalog.registry import declared, make_layer
from playground.engine import modules
from playground.graph.call import Call
from playground.graph.fix import InsertBefore, SetOptions
from playground.graph.layer import Layer, required
from playground.graph.shape import Shape, ShapeError
from tests.catalog.generated import made, single_layers

KINDS = list(single_layers())
IMAGES = ("Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "Upsample")
PADDED = ("SelfAttention", "MultiheadAttention", "LastStep", "MeanOverTime")
SIGNALS = ("Conv1d", "MaxPool1d", "AvgPool1d")
pytestmark = pytest.mark.filterwarnings(
    "ignore:Using padding='same' with even kernel lengths"  # torch then copies the input once
)
STRICTER = {
    ("Linear", "wrong_rank"): "an image wants Flatten first",
    **{(kind, "wrong_rank"): "torch takes one image without a batch" for kind in IMAGES},
    **{(kind, "wrong_rank"): "likewise, one signal" for kind in SIGNALS},
    **{(kind, "wrong_rank"): "likewise, one sequence" for kind in ("RNN", "LSTM", "GRU")},
    ("ConvTranspose2d", "padding_too_large"): "torch's meta device does not look, others do",
    ("ConvTranspose2d", "nothing_left"): "torch would put out an image without pixels",
    ("MaxPool2d", "padding_too_large"): "torch measures its dilated window; MaxPool1d does not",
    ("MaxPool1d", "padding_alone"): "torch would crash on the way back",
    ("MaxPool2d", "padding_alone"): "likewise",
    ("Softmax", "no_axis"): "torch's meta device does not look, others do",
    ("BatchNorm", "wrong_rank"): "vectors and images only",
    ("LayerNorm", "wrong_rank"): "likewise",
    ("RMSNorm", "wrong_rank"): "likewise",
    ("GroupNorm", "wrong_rank"): "likewise",
    ("GroupNorm", "one_number"): "torch would put out zeros",
    ("InstanceNorm", "wrong_rank"): "a vector has nothing to normalise within a channel",
    ("PReLU", "wrong_rank"): "torch would learn a slope a step for sequences",
    ("Dropout2d", "wrong_rank"): "torch warns, and drops other things",
    ("GlobalAvgPool", "wrong_rank"): "torch takes the mean of any axis",
    ("LastStep", "wrong_rank"): "likewise, the last of any axis",
    ("MeanOverTime", "wrong_rank"): "likewise",
    ("SinusoidalEncoding", "wrong_rank"): "torch would stretch sizes of 1 without a word",
    ("LearnedEncoding", "wrong_rank"): "likewise",
    ("LearnedEncoding", "too_long"): "likewise",
    ("SelfAttention", "wrong_rank"): "torch takes one sequence without a batch",
    ("MultiheadAttention", "wrong_rank"): "likewise",
    ("MultiheadAttention", "merge_mismatch"): "a mask would hide steps without a word",
    **{(kind, "padding_mismatch"): "torch would stretch one id" for kind in PADDED},
    **{(kind, "not_token_ids"): "torch compares any numbers with the padding" for kind in PADDED},
    ("Reshape", "wrong_size"): "torch would take numbers from other examples",
    ("Embedding", "not_token_ids"): "they are whole numbers here, but said to be measurements",
    ("Embedding", "wrong_rank"): "a sequence of ids, no more",
    ("Add", "merge_mismatch"): "torch would stretch sizes of 1 without a word",
    ("Multiply", "merge_mismatch"): "likewise",
    ("Mean", "merge_mismatch"): "likewise",
}
BATCH = 3


def dims(rank: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(1, 9)] * rank)


@st.composite
def inputs_for(draw: st.DrawFn, layer: Layer) -> tuple[Shape, ...]:
    first = draw(st.integers(0, 4).flatmap(dims))
    many = bool(layer.inputs) and layer.inputs[0].many
    needed = required(layer.inputs)
    count = draw(st.integers(1, 3)) if many else len(needed)
    # Mostly the same size but for one axis, as a merge wants it; now and then any size.
    shapes = [first]
    for _ in range(count - 1):
        other = list(first)
        if first and draw(st.booleans()):
            other[draw(st.integers(0, len(first) - 1))] = draw(st.integers(1, 9))
        shapes.append(tuple(other) if draw(st.integers(0, 5)) else draw(dims(2)))
    is_ids = draw(st.integers(0, 5)) > 0 if layer.kind == "Embedding" else False
    found = tuple(Shape(shape, "int" if is_ids else "float") for shape in shapes)
    if len(needed) == len(layer.inputs) or draw(st.booleans()):
        return found
    # Mostly an id for every step of the keys; now and then something else.
    length = shapes[min(1, count - 1)][:1] if draw(st.integers(0, 5)) else draw(dims(1))
    return (*found, Shape(length, "int" if draw(st.integers(0, 5)) else "float"))


def run_on_meta(call: Call | None, shapes: Sequence[Shape]) -> tuple[Tensor, nn.Module | None]:
    with torch.device("meta"):
        tensors = [
            torch.empty(
                BATCH, *map(int, shape.dims), dtype=torch.long if shape.dtype == "int" else None
            )
            for shape in shapes
        ]
        if call is None:
            return tensors[0], None
        room, name = call.target.rsplit(".", 1)
        if call.is_module:
            module = getattr({"nn": nn, "modules": modules}[room], name)(*call.args, **call.kwargs)
            return module(*tensors), module
        function = getattr({"operator": operator, "torch": torch}[room], name)
        if call.joins == "fold":
            return reduce(function, tensors), None
        arguments = [tensors] if call.joins == "list" else tensors
        return function(*arguments, *call.args, **call.kwargs), None


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_that_shapes_and_parameters_are_those_of_torch(kind: str, data: st.DataObject) -> None:
    layer: Layer = data.draw(made(declared(Layer)[kind]))
    shapes = data.draw(inputs_for(layer))
    try:
        inferred = layer.infer(*shapes)
    except ShapeError as error:
        if (kind, error.code) in STRICTER:
            return
        call = layer.call(*shapes)
        if call is not None:  # a merge of one input would pass it on, whatever its options
            with pytest.raises((RuntimeError, IndexError, ValueError, AssertionError)):
                run_on_meta(call, shapes)
        return
    output, module = run_on_meta(layer.call(*shapes), shapes)
    outputs = output if isinstance(output, tuple) else (output,)
    wanted = inferred if isinstance(inferred, tuple) else (inferred,)
    assert [tuple(one.shape) for one in outputs] == [(BATCH, *shape.dims) for shape in wanted]
    own = dict(module.named_parameters()) if module else {}
    assert {name: tuple(p.shape) for name, p in own.items()} == dict(layer.parameters(*shapes))
    assert layer.count(*shapes) == sum(p.numel() for p in own.values())


OPEN_ENDED = (
    "Linear", "Embedding", "SinusoidalEncoding", "LearnedEncoding", "Conv1d", "MaxPool1d",
    "AvgPool1d", "GlobalAvgPool", "Upsample", "BatchNorm", "LayerNorm", "GroupNorm",
    "InstanceNorm", "RMSNorm", "Dropout", "AlphaDropout", "GaussianNoise", "RNN", "LSTM", "GRU",
    "SelfAttention", "MultiheadAttention", "Add", "Multiply", "Mean", "Concatenate", "Permute",
    "LastStep", "MeanOverTime", "ReLU", "PReLU", "Softmax", "LogSoftmax", "Step",
)  # fmt: skip
"""What a net over sequences of any length is made of."""
OPEN_SHAPES = (Shape(("T", 6)), Shape((6, "T")), Shape(("T",), "int"))


def at_length(shape: Shape, length: int) -> Shape:
    return Shape(tuple(length if dim == "T" else dim for dim in shape.dims), shape.dtype)


def fed(layer: Layer, shape: Shape, count: int) -> tuple[Shape, ...]:
    ports = required(layer.inputs)
    return (shape,) * sum(count if port.many else 1 for port in ports)


@pytest.mark.parametrize("kind", OPEN_ENDED)
def test_that_a_length_may_be_known_from_the_data_alone(kind: str) -> None:
    options = {"kernel_size": 3, "stride": 1, "padding": 1} if "1d" in kind else {}
    options |= {"scale_factor": 1} if kind == "Upsample" else {}
    options |= {"axis": 2} if kind == "Concatenate" else {}
    options |= {"num_heads": 3} if "Attention" in kind else {}
    layer = make_layer({"kind": kind, **options})
    found = []
    for shape in OPEN_SHAPES:
        try:
            found.append(layer.infer(*fed(layer, shape, 2)))
        except ShapeError:
            continue
    assert found


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_that_what_holds_for_an_open_length_holds_for_any(kind: str, data: st.DataObject) -> None:
    layer: Layer = data.draw(made(declared(Layer)[kind]))
    shape = data.draw(st.sampled_from(OPEN_SHAPES))
    shapes = fed(layer, shape, data.draw(st.integers(1, 3)))
    try:
        inferred = layer.infer(*shapes)
    except ShapeError:
        return
    length = data.draw(st.integers(2, 8))
    if getattr(layer, "max_length", length) < length:
        return
    known = tuple(at_length(one, length) for one in shapes)
    wanted = [
        at_length(s, length) for s in (inferred if isinstance(inferred, tuple) else [inferred])
    ]
    found = layer.infer(*known)
    assert list(found if isinstance(found, tuple) else [found]) == wanted
    assert layer.parameters(*shapes) == layer.parameters(*known)
    assert layer.call(*shapes) == layer.call(*known)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_that_what_fixes_a_layer_by_its_options_makes_it_fit(
    kind: str, data: st.DataObject
) -> None:
    layer: Layer = data.draw(made(declared(Layer)[kind]))
    shapes = data.draw(inputs_for(layer))
    for _ in range(8):  # one mistake may hide another, but fixing comes to an end
        try:
            layer.infer(*shapes)
            return
        except ShapeError as error:
            fix = error.fix
        if fix is None:
            return
        (edit,) = fix.edits
        if isinstance(edit, SetOptions):
            layer = layer.with_options(**dict(edit.options))
        elif isinstance(edit, InsertBefore) and edit.options:
            before = make_layer({"kind": edit.kind, **dict(edit.options)})
            found = before.infer(shapes[edit.port])
            assert isinstance(found, Shape)
            shapes = (*shapes[: edit.port], found, *shapes[edit.port + 1 :])
        else:
            return
    raise AssertionError(f"{layer!r} cannot be fixed for {shapes}")


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_summary_is_one_short_line(kind: str) -> None:
    layer = declared(Layer)[kind]()
    for shape in (Shape((4,)), Shape((1, 8, 8))):
        try:
            layer.infer(shape)
        except ShapeError:
            continue
        text = layer.summary(shape)
        assert "\n" not in text
        assert len(text) < 40


def test_that_a_number_alone_and_an_image_read_as_people_write_them() -> None:
    assert str(Shape((1, 8, 8))) == "B × 1 × 8 × 8"
    assert Shape((1, 8, 8)).example == "1×8×8"
    assert Shape(()).example == "a single number"
    assert Shape(("T", 4)).size is None
    assert Shape((2, 3)).size == 6
