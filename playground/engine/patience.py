"""The rule of early stopping. Exported scripts carry the source of this class."""

import math


class Patience:
    """Counts the epochs since the validation loss was last smaller than the best by `min_delta`."""

    def __init__(self, epochs: int, min_delta: float) -> None:
        self.epochs, self.min_delta = epochs, min_delta
        self.best_loss, self.waited = math.inf, 0

    def improves(self, val_loss: float) -> bool:
        """Whether the loss of this epoch is a new best; if not, the wait is one epoch longer."""
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.waited = val_loss, 0
            return True
        self.waited += 1
        return False

    @property
    def has_ended(self) -> bool:
        """Whether it has not improved for as many epochs as are waited."""
        return self.waited >= self.epochs
