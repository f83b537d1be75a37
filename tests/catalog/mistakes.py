"""What people do wrong with single layers: what is found, and what is offered to fix it."""

from __future__ import annotations

from typing import NamedTuple

from playground.graph.shape import Shape


class Mistake(NamedTuple):
    """A layer with options, what it is fed, and the label of the fix."""

    kind: str
    options: dict[str, object]
    shapes: tuple[Shape, ...]
    code: str
    fix: str | None = None


IDS, OPEN_IDS = Shape((9,), "int"), Shape(("T",), "int")
VECTOR, IMAGE, SEQUENCE = Shape((6,)), Shape((3, 8, 8)), Shape((5, 6))
OPEN, SEQUENCE_8 = Shape(("T", 6)), Shape((5, 8))

MISTAKES = (
    Mistake("Linear", {}, (IMAGE,), "wrong_rank", "Insert Flatten"),
    Mistake("Linear", {}, (OPEN_IDS,), "token_ids", "Insert Embedding"),
    Mistake("ReLU", {}, (IDS,), "token_ids", "Insert Embedding"),
    Mistake("LSTM", {}, (IDS,), "token_ids", "Insert Embedding"),
    Mistake("LSTM", {}, (VECTOR,), "wrong_rank", "Insert Reshape"),
    Mistake("LSTM", {}, (IMAGE,), "wrong_rank"),
    Mistake("Embedding", {}, (VECTOR,), "not_token_ids"),
    Mistake("Embedding", {"padding_idx": 1000}, (IDS,), "no_such_token", "No padding token"),
    Mistake("Flatten", {}, (OPEN,), "open_size", "Insert Last step"),
    Mistake("Reshape", {"shape": (7,)}, (VECTOR,), "wrong_size", "Make it flat"),
    Mistake("Reshape", {"shape": (-1, -1)}, (VECTOR,), "wrong_size", "Make it flat"),
    Mistake("Permute", {"dims": (1, 1)}, (SEQUENCE,), "wrong_axes", "Reverse the axes"),
    Mistake("Conv2d", {}, (SEQUENCE,), "wrong_rank", "Insert Reshape"),
    Mistake("Conv2d", {"groups": 2}, (IMAGE,), "groups_do_not_divide", "Set groups to 1"),
    Mistake(
        "Conv2d", {"padding": "same", "stride": 2}, (IMAGE,), "same_with_stride", "Set stride to 1"
    ),
    Mistake(
        "Conv2d",
        {"kernel_size": 5, "dilation": 3},
        (IMAGE,),
        "window_too_large",
        "Set kernel to 3",
    ),
    Mistake("Conv1d", {}, (OPEN,), "channels_last", "Insert Permute"),
    Mistake("Conv1d", {}, (Shape((6, "T")),), "open_size", "Keep the length"),
    Mistake("Conv1d", {}, (VECTOR,), "wrong_rank", "Insert Reshape"),
    Mistake("ConvTranspose2d", {"padding": 9}, (IMAGE,), "nothing_left", "Set padding to 0"),
    Mistake(
        "ConvTranspose2d",
        {"output_padding": 1},
        (IMAGE,),
        "padding_too_large",
        "Set output padding to 0",
    ),
    Mistake("Upsample", {"mode": "linear"}, (IMAGE,), "wrong_mode", "Set mode to bilinear"),
    Mistake("Upsample", {"mode": "bicubic"}, (SEQUENCE,), "wrong_mode", "Set mode to linear"),
    Mistake("Upsample", {}, (Shape((6, "T")),), "open_size", "Set scale to 1"),
    Mistake("Softmax", {"dim": 2}, (VECTOR,), "no_axis", "Use the default axis"),
    Mistake("MaxPool1d", {"kernel_size": 3}, (Shape((6, "T")),), "open_size", "Keep the length"),
    Mistake(
        "MaxPool2d",
        {"kernel_size": 3, "dilation": 2, "padding": 1},
        (Shape((3, 1, 8)),),
        "padding_alone",
        "Set dilation to 1",
    ),
    Mistake("MaxPool2d", {"padding": 2}, (IMAGE,), "padding_too_large", "Set padding to 1"),
    Mistake("BatchNorm", {}, (OPEN,), "open_size", "Channels last"),
    Mistake("BatchNorm", {"channels": "last"}, (IMAGE,), "wrong_rank", "Channels first"),
    Mistake("GroupNorm", {"num_groups": 2}, (IMAGE,), "groups_do_not_divide", "Set groups to 1"),
    Mistake("GroupNorm", {}, (OPEN,), "channels_last", "Insert Permute"),
    Mistake("GroupNorm", {"num_groups": 6}, (VECTOR,), "one_number", "Set groups to 1"),
    Mistake("InstanceNorm", {}, (Shape((3, 1, 1)),), "one_number"),
    Mistake("PReLU", {"per_unit": True}, (SEQUENCE,), "wrong_rank", "Learn one slope"),
    Mistake("LearnedEncoding", {"max_length": 4}, (SEQUENCE,), "too_long", "Set longest to 5"),
    Mistake("SelfAttention", {}, (SEQUENCE,), "heads_do_not_divide", "Set heads to 3"),
    Mistake(
        "MultiheadAttention",
        {"num_heads": 2},
        (OPEN, OPEN, SEQUENCE),
        "merge_mismatch",
    ),
    Mistake(
        "MultiheadAttention",
        {"num_heads": 2, "is_causal": True},
        (OPEN, SEQUENCE, SEQUENCE),
        "merge_mismatch",
        "Turn causal off",
    ),
    *(
        Mistake(kind, {}, (*fed, wrong), code, "Remove this wire")
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
    Mistake(
        "Add",
        {},
        (VECTOR, Shape((4,))),
        "merge_mismatch",
        "Insert Linear 4 on the first wire",
    ),
    Mistake("Multiply", {}, (VECTOR, IMAGE), "merge_mismatch"),
    Mistake("Concatenate", {}, (OPEN, OPEN), "open_size", "Join along axis 2"),
    Mistake("Concatenate", {}, (IDS, Shape((4,))), "token_ids", "Insert Embedding"),
    Mistake("Concatenate", {"axis": 2}, (VECTOR,), "no_axis", "Join along axis 1"),
    Mistake(
        "Concatenate",
        {"axis": 2},
        (IMAGE, Shape((5, 8, 8))),
        "merge_mismatch",
        "Join along axis 1",
    ),
)
