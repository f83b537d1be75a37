"""The part of a script that hides tokens, for a net that learns them."""

from __future__ import annotations

MASKED = '''\
def masked(x, generator):
    """{share:g} of the tokens are picked: 80 % become the mask, 10 % any token, 10 % stay."""
    draw, fate = torch.rand((2, *x.shape), generator=generator)
    anything = torch.randint(1, {count}, x.shape, generator=generator)
    x = x.cpu()
{spared}    picked = (draw < {share!r}) | (draw == draw.min())
{unpicked}    hidden = torch.where(picked & (fate < 0.8), 0, x)
    is_replaced = picked & (fate >= 0.8) & (fate < 0.8 + 0.1)
    hidden = torch.where(is_replaced, anything, hidden)
    return hidden.to(DEVICE), torch.where(picked, x, -100).to(DEVICE)
'''
SPARED = """\
    anything += anything >= {padding}  # no token becomes padding,
    draw[x == {padding}] = 2.0  # and padding is never picked
"""


def masked_source(share: float, count: int, padding: int | None) -> str:
    """The function `masked`, for a vocabulary of `count` with or without a padding token."""
    if padding is None:
        return MASKED.format(share=share, count=count, spared="", unpicked="")
    unpicked = f"    picked &= x != {padding}\n"
    spared = SPARED.format(padding=padding)
    return MASKED.format(share=share, count=count - 1, spared=spared, unpicked=unpicked)
