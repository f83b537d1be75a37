"""Labels of objectives over tokens. Exported scripts carry the source of these functions."""

import torch

NOT_ASKED = -100
MASKED, REPLACED = 0.8, 0.1


def asked(tokens: torch.Tensor, padding: int | None = None) -> torch.Tensor:
    """Labels that ask for every token except padding: −100 is left out by torch's losses."""
    return tokens if padding is None else tokens.masked_fill(tokens == padding, NOT_ASKED)


def next_tokens(tokens: torch.Tensor, padding: int | None = None) -> torch.Tensor:
    """For every step the token after it; none after the last step."""
    end = torch.full_like(tokens[:, :1], NOT_ASKED)
    return asked(torch.cat([tokens[:, 1:], end], 1), padding)


def masked(
    x: torch.Tensor,
    share: float,
    vocabulary: int,
    generator: torch.Generator,
    padding: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The 80/10/10 rule: a share of the tokens is chosen, at least one; 80 % of these become the
    mask (token 0), 10 % any token, and 10 % stay. Labels are the chosen tokens, −100 elsewhere.
    Padding is never chosen, and no token becomes padding."""
    device, x = x.device, x.cpu()
    draw, fate = torch.rand((2, *x.shape), generator=generator)
    if padding is None:
        anything = torch.randint(1, vocabulary, x.shape, generator=generator)
    else:
        anything = torch.randint(1, vocabulary - 1, x.shape, generator=generator)
        anything += anything >= padding
        draw[x == padding] = 2.0
    chosen = (draw < share) | (draw == draw.min())
    if padding is not None:
        chosen &= x != padding
    hidden = torch.where(chosen & (fate < MASKED), 0, x)
    is_replaced = chosen & (fate >= MASKED) & (fate < MASKED + REPLACED)
    hidden = torch.where(is_replaced, anything, hidden)
    return hidden.to(device), torch.where(chosen, x, NOT_ASKED).to(device)
