"""What layers over images share: reading C × H × W, and the arithmetic of a sliding window."""

from __future__ import annotations

from playground.graph.shape import Mend, Shape, ShapeError


def channels_and_size(label: str, shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of an image; raises ShapeError for anything else."""
    if shape.rank != 3 or not all(isinstance(dim, int) for dim in shape.dims):
        raise ShapeError(
            "wrong_rank",
            f"{label} expects an image (channels×height×width), got {shape.example}. Put it "
            "before Flatten, and pick a data set of images.",
        )
    channels, height, width = (int(dim) for dim in shape.dims)
    return channels, height, width


def slid(
    label: str, sizes: tuple[int, ...], kernel: int, stride: int, padding: int
) -> tuple[int, ...]:
    """Sizes after a window has slid over: ⌊(size + 2·padding − kernel)/stride⌋ + 1."""
    if min(sizes) + 2 * padding < kernel:
        room = min(sizes) + 2 * padding
        raise ShapeError(
            "window_too_large",
            f"{label}'s window is {kernel}×{kernel}, but the image is only "
            f"{'×'.join(map(str, sizes))} here: make the kernel at most {room}, or pool less.",
            Mend(f"Set kernel to {room}", options=(("kernel_size", room),)),
        )
    return tuple((size + 2 * padding - kernel) // stride + 1 for size in sizes)
