"""What layers expect of their input, said in one way: numbers, images, signals, sequences."""

from __future__ import annotations

from playground.graph.fix import Fix
from playground.graph.shape import Dim, Shape, ShapeError
from playground.translation import N_, tr


def numbers(label: str, shape: Shape) -> Shape:
    """The shape itself; raises ShapeError for token ids, which no arithmetic makes sense of."""
    if shape.dtype == "int":
        raise ShapeError(
            "token_ids",
            tr(
                "{label} expects numbers, got token ids ({shape}): put Embedding before it.",
                label=tr(label),
                shape=shape.example,
            ),
            Fix.inserting(tr("Insert Embedding"), "Embedding"),
        )
    return shape


def vector_width(label: str, shape: Shape) -> int:
    """The size of the last axis of a vector or of a sequence of vectors."""
    numbers(label, shape)
    if shape.rank not in (1, 2):
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects a flat vector, got {shape}: add Flatten.",
                label=tr(label),
                shape=shape.example,
            ),
            Fix.inserting(tr("Insert Flatten"), "Flatten"),
        )
    return fixed(label, N_("width"), shape.dims[-1], shape)


def fixed(label: str, what: str, dim: Dim, shape: Shape) -> int:
    """A size that must be known before the net is built."""
    if not isinstance(dim, int):
        raise ShapeError(
            "open_size",
            tr(
                "{label} needs a fixed {what}, got {shape}: {dim} is only known from the data.",
                label=tr(label),
                what=tr(what),
                shape=shape.example,
                dim=dim,
            ),
        )
    return dim


def image(label: str, shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of an image; raises ShapeError for anything else."""
    numbers(label, shape)
    if shape.rank != 3 or not all(isinstance(dim, int) for dim in shape.dims):
        fix = None
        if shape.rank == 2 and shape.size is not None:
            dims = (1, *map(int, shape.dims))
            fix = Fix.inserting(tr("Insert Reshape"), "Reshape", shape=dims)
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects an image (channels×height×width), got {shape}. Put it "
                "before Flatten, and choose a data set of images.",
                label=tr(label),
                shape=shape.example,
            ),
            fix,
        )
    channels, height, width = (int(dim) for dim in shape.dims)
    return channels, height, width


def signal(label: str, shape: Shape) -> tuple[int, Dim]:
    """Channels and length of a signal; the length may be open. Raises ShapeError otherwise."""
    numbers(label, shape)
    if shape.rank != 2:
        fix = None
        if shape.rank == 1 and shape.size is not None:
            fix = Fix.inserting(tr("Insert Reshape"), "Reshape", shape=(1, shape.size))
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects a signal (channels×length), got {shape}.",
                label=tr(label),
                shape=shape.example,
            ),
            fix,
        )
    channels, length = shape.dims
    if not isinstance(channels, int):
        raise ShapeError(
            "channels_last",
            tr(
                "{label} expects channels×length, got {shape}: swap the axes with "
                "Permute, so that the features are the channels.",
                label=tr(label),
                shape=shape.example,
            ),
            Fix.inserting(tr("Insert Permute"), "Permute"),
        )
    return channels, length


def sequence(label: str, shape: Shape, port: int = 0, name: str = "") -> tuple[Dim, int]:
    """Steps and features of a sequence; the steps may be open. Raises ShapeError otherwise.

    `name` is that of the input, for a layer with several.
    """
    layer = tr(label)
    if name:
        layer = tr("{layer} ({input})", layer=layer, input=name)
    if shape.dtype == "int":
        text = tr(
            "{label} expects vectors, got token ids ({shape}): put Embedding before it.",
            label=layer,
            shape=shape.example,
        )
        embedding = Fix.inserting(tr("Insert Embedding"), "Embedding", port=port)
        raise ShapeError("token_ids", text, embedding)
    if shape.rank != 2:
        fix = None
        if shape.rank == 1 and shape.size is not None:
            fix = Fix.inserting(tr("Insert Reshape"), "Reshape", port=port, shape=(shape.size, 1))
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects a sequence (steps×features), got {shape}.",
                label=layer,
                shape=shape.example,
            ),
            fix,
        )
    steps, features = shape.dims
    return steps, fixed(label, N_("number of features"), features, shape)


def slid(
    label: str,
    sizes: tuple[int, ...],
    kernel: int,
    stride: int,
    padding: int,
    dilation: int = 1,
    is_rounded_up: bool = False,
) -> tuple[int, ...]:
    """Sizes after a window has slid over: ⌊(n + 2·padding − reach)/stride⌋ + 1, where the
    window reaches over dilation·(kernel − 1) + 1. Rounded up, a last window may hang over the
    end, as long as it starts within the image or the padding before it."""
    room = min(sizes) + 2 * padding
    reach = dilation * (kernel - 1) + 1
    if is_rounded_up and room + stride > reach:
        found = [-((reach - size - 2 * padding) // stride) + 1 for size in sizes]
        pairs = zip(found, sizes, strict=True)
        return tuple(n - ((n - 1) * stride >= size + padding) for n, size in pairs)
    if room < reach:
        fits = (room - 1) // dilation + 1
        window = "×".join([str(reach)] * len(sizes))
        text = (
            N_(
                "The window of {label} is {window}, but the image is only {size} here. Set the "
                "kernel to at most {fits}, or pool less."
            )
            if len(sizes) > 1
            else N_(
                "The window of {label} is {window}, but the signal is only {size} here. Set the "
                "kernel to at most {fits}, or pool less."
            )
        )
        size = "×".join(map(str, sizes))
        raise ShapeError(
            "window_too_large",
            tr(text, label=tr(label), window=window, size=size, fits=fits),
            Fix.setting(tr("Set kernel to {fits}", fits=fits), kernel_size=fits),
        )
    return tuple((size + 2 * padding - reach) // stride + 1 for size in sizes)


def keeps_length(kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether a window leaves every size as it is, also one that is not known yet."""
    return stride == 1 and 2 * padding == dilation * (kernel - 1)
