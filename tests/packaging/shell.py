"""A stand-in for the shell, so that no test installs anything."""

from collections.abc import Callable, Mapping, Sequence


class Shell:
    """Stands in for run_quietly: notes each command, answers as it was set to."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.answers: list[tuple[str, int, str]] = []
        self.effects: list[tuple[str, Callable[[], object]]] = []

    def answer(self, part: str, code: int, printed: str) -> None:
        self.answers.append((part, code, printed))

    def __call__(self, command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
        self.ran.append(list(command))
        line = " ".join(command)
        for part, effect in self.effects:
            if part in line:
                effect()
        for part, code, printed in self.answers:
            if part in line:
                return code, printed
        return 0, ""

    def lines(self, part: str) -> list[str]:
        return [line for line in map(" ".join, self.ran) if part in line]
