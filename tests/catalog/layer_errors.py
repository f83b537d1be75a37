"""What people do wrong with single layers: what is found, and what is offered to fix it."""

from __future__ import annotations

from typing import NamedTuple

from playground.graph.shape import Shape


class LayerError(NamedTuple):
    """A layer with options, what it is fed, and the label of the fix."""

    kind: str
    options: dict[str, object]
    shapes: tuple[Shape, ...]
    code: str
    fix: str | None = None


IDS, OPEN_IDS = Shape((9,), "int"), Shape(("T",), "int")
VECTOR, IMAGE, SEQUENCE = Shape((6,)), Shape((3, 8, 8)), Shape((5, 6))
OPEN, SEQUENCE_8 = Shape(("T", 6)), Shape((5, 8))

LAYER_ERRORS = (
    LayerError("Linear", {}, (IMAGE,), "wrong_rank", "Insert Flatten"),
    LayerError("Linear", {}, (OPEN_IDS,), "token_ids", "Insert Embedding"),
    LayerError("ReLU", {}, (IDS,), "token_ids", "Insert Embedding"),
    LayerError("LSTM", {}, (IDS,), "token_ids", "Insert Embedding"),
    LayerError("LSTM", {}, (VECTOR,), "wrong_rank", "Insert Reshape"),
    LayerError("LSTM", {}, (IMAGE,), "wrong_rank"),
    LayerError("Embedding", {}, (VECTOR,), "not_token_ids"),
    LayerError("Embedding", {"padding_idx": 1000}, (IDS,), "no_such_token", "No padding token"),
    LayerError("Flatten", {}, (OPEN,), "open_size", "Insert Last step"),
    LayerError("Reshape", {"shape": (7,)}, (VECTOR,), "wrong_size", "Make it flat"),
    LayerError("Reshape", {"shape": (-1, -1)}, (VECTOR,), "wrong_size", "Make it flat"),
    LayerError("Permute", {"dims": (1, 1)}, (SEQUENCE,), "wrong_axes", "Reverse the axes"),
    LayerError("Conv2d", {}, (SEQUENCE,), "wrong_rank", "Insert Reshape"),
    LayerError("Conv2d", {"groups": 2}, (IMAGE,), "groups_do_not_divide", "Set groups to 1"),
    LayerError(
        "Conv2d", {"padding": "same", "stride": 2}, (IMAGE,), "same_with_stride", "Set stride to 1"
    ),
    LayerError(
        "Conv2d",
        {"kernel_size": 5, "dilation": 3},
        (IMAGE,),
        "window_too_large",
        "Set kernel to 3",
    ),
    LayerError("Conv1d", {}, (OPEN,), "channels_last", "Insert Permute"),
    LayerError("Conv1d", {}, (Shape((6, "T")),), "open_size", "Keep the length"),
    LayerError("Conv1d", {}, (VECTOR,), "wrong_rank", "Insert Reshape"),
    LayerError("ConvTranspose2d", {"padding": 9}, (IMAGE,), "nothing_left", "Set padding to 0"),
    LayerError(
        "ConvTranspose2d",
        {"output_padding": 1},
        (IMAGE,),
        "padding_too_large",
        "Set output padding to 0",
    ),
    LayerError("Upsample", {"mode": "linear"}, (IMAGE,), "wrong_mode", "Set mode to bilinear"),
    LayerError("Upsample", {"mode": "bicubic"}, (SEQUENCE,), "wrong_mode", "Set mode to linear"),
    LayerError("Upsample", {}, (Shape((6, "T")),), "open_size", "Set scale to 1"),
    LayerError("Softmax", {"dim": 2}, (VECTOR,), "no_axis", "Use the default axis"),
    LayerError("MaxPool1d", {"kernel_size": 3}, (Shape((6, "T")),), "open_size", "Keep the length"),
    LayerError(
        "MaxPool2d",
        {"kernel_size": 3, "dilation": 2, "padding": 1},
        (Shape((3, 1, 8)),),
        "padding_alone",
        "Set dilation to 1",
    ),
    LayerError("MaxPool2d", {"padding": 2}, (IMAGE,), "padding_too_large", "Set padding to 1"),
    LayerError("BatchNorm", {}, (OPEN,), "open_size", "Channels last"),
    LayerError("BatchNorm", {"channels": "last"}, (IMAGE,), "wrong_rank", "Channels first"),
    LayerError("GroupNorm", {"num_groups": 2}, (IMAGE,), "groups_do_not_divide", "Set groups to 1"),
    LayerError("GroupNorm", {}, (OPEN,), "channels_last", "Insert Permute"),
    LayerError("GroupNorm", {"num_groups": 6}, (VECTOR,), "one_number", "Set groups to 1"),
    LayerError("InstanceNorm", {}, (Shape((3, 1, 1)),), "one_number"),
    LayerError("PReLU", {"per_unit": True}, (SEQUENCE,), "wrong_rank", "Learn one slope"),
    LayerError("LearnedEncoding", {"max_length": 4}, (SEQUENCE,), "too_long", "Set longest to 5"),
    LayerError("SelfAttention", {}, (SEQUENCE,), "heads_do_not_divide", "Set heads to 3"),
    LayerError(
        "MultiheadAttention",
        {"num_heads": 2},
        (OPEN, OPEN, SEQUENCE),
        "merge_mismatch",
    ),
    LayerError(
        "MultiheadAttention",
        {"num_heads": 2, "is_causal": True},
        (OPEN, SEQUENCE, SEQUENCE),
        "merge_mismatch",
        "Turn causal off",
    ),
    *(
        LayerError(kind, {}, (*fed, wrong), code, "Remove this wire")
        for kind, fed in (
            ("SelfAttention", (Shape((9, 8)),)),
            ("MultiheadAttention", (SEQUENCE_8, Shape((9, 8)), Shape((9, 8)))),
            ("LastStep", (OPEN,)),
            ("MeanOverTime", (SEQUENCE,)),
            ("EncoderBlock", (Shape((9, 8)),)),
            ("DecoderBlock", (Shape((9, 8)),)),
        )
        for wrong, code in ((VECTOR, "not_token_ids"), (Shape((7,), "int"), "padding_mismatch"))
    ),
    LayerError(
        "Add",
        {},
        (VECTOR, Shape((4,))),
        "merge_mismatch",
        "Insert Linear 4 on the first wire",
    ),
    LayerError("Multiply", {}, (VECTOR, IMAGE), "merge_mismatch"),
    LayerError("Concatenate", {}, (OPEN, OPEN), "open_size", "Join along axis 2"),
    LayerError("Concatenate", {}, (IDS, Shape((4,))), "token_ids", "Insert Embedding"),
    LayerError("Concatenate", {"axis": 2}, (VECTOR,), "no_axis", "Join along axis 1"),
    LayerError(
        "Concatenate",
        {"axis": 2},
        (IMAGE, Shape((5, 8, 8))),
        "merge_mismatch",
        "Join along axis 1",
    ),
)
