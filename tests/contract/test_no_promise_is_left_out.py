"""Whatever is written down as a promise is run: a list that leaves one out would never fail."""

import inspect
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

from crewhall.testing import contracts, ledger_contract, ledger_forgetting

LEDGERS = (ledger_contract, ledger_forgetting)
HOMESERVERS = tuple(
    import_module(f"{contracts.__name__}.{m.name}") for m in pkgutil.iter_modules(contracts.__path__)
)
GROUPS = tuple(module for module in HOMESERVERS if hasattr(module, "PROMISES"))
RUN = {check for _, check in contracts.HOMESERVER_PROMISES} | set(ledger_contract.PROMISES)


@pytest.mark.parametrize("module", [*LEDGERS, *GROUPS], ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_promise_is_run(module: ModuleType) -> None:
    written = {
        one
        for name, one in vars(module).items()
        if inspect.iscoroutinefunction(one) and one.__module__ == module.__name__ and name[0] != "_"
    }
    assert written
    assert written <= RUN
