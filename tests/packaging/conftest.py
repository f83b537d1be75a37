import environment
import machine
import pytest

from tests.packaging.shell import Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    fake = Shell()
    monkeypatch.setattr(machine, "run_quietly", fake)
    monkeypatch.setattr(environment, "run_quietly", fake)
    return fake
