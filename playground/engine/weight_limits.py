"""What L1, L2 and max-norm do to weights. Exported scripts carry the source of these functions."""

import torch


def add_l2_gradients(weights: list[tuple[torch.Tensor, float]]) -> None:
    """Add the gradient of λ/2·‖W‖², which is λW, for pairs of W and λ."""
    for weight, strength in weights:
        if weight.grad is not None:
            weight.grad.add_(weight.detach(), alpha=strength)


def add_l1_gradients(weights: list[tuple[torch.Tensor, float]]) -> None:
    """Add the gradient of λ‖W‖₁, which is λ·sign(W), for pairs of W and λ."""
    for weight, strength in weights:
        if weight.grad is not None:
            weight.grad.add_(weight.detach().sign(), alpha=strength)


def limit_norms(weights: list[tuple[torch.Tensor, float, int]]) -> None:
    """Scale the weights of a unit that are longer than their limit back to it, for triples of
    weight, limit, and the axis along which its units lie."""
    with torch.no_grad():
        for weight, longest, axis in weights:
            weight.copy_(weight.renorm(2, axis, longest))
