"""Custody wallets that serve more than one target wallet or case: seen where the values of all entries are at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from custody.verify.fold.state import State
from schemas.errors import RecordError
from schemas.private import parse_disclosure
from schemas.report import Findings, Severity
from schemas.text import format_base64url

STEP: Final = 12
_ACCOUNT, _WALLET = "/details/asset/account", "/details/asset/transfer/wallet"
_LATER: Final = "/details/transfer/wallet"
_SALT: Final = 36
"""Characters of base64url before a disclosure's path: 27 bytes, of which the salt takes 22."""
_ALIKE: Final = (format_base64url(b"/details/asset/"), format_base64url(b"/details/transfer/"))


@dataclass(slots=True)
class SharedWallets:
    """What the store of private values says of assets, by entry. Mutable: lives as long as one audit."""

    accounts: dict[int, str] = field(default_factory=dict)
    wallets: dict[int, str] = field(default_factory=dict)

    def take(self, text: str, index: int) -> None:
        """Look at one disclosure, which stands in the entry at ``index``."""
        if not text.startswith(_ALIKE, _SALT):
            return
        try:
            found = parse_disclosure(text)
        except RecordError:
            return
        kept = {_ACCOUNT: self.accounts, _LATER: self.wallets, _WALLET: self.wallets}.get(found.path)
        if kept is not None and isinstance(found.value, str):
            kept[index] = found.value

    def report(self, state: State, observed: Mapping[int, int], findings: Findings) -> None:
        """Compare all uses of each wallet, but those of voided exhibits.

        ``observed`` gives for an observation the entry by which its asset was registered.

        Findings: ``defect.shared-wallet``.
        """
        cases = _cases(state)
        uses: Mapping[str, dict[int, tuple[str, str]]] = defaultdict(dict)
        for index, wallet in self.wallets.items():
            first = observed.get(index, index)
            if first in cases:
                uses[wallet][index] = cases[first], self.accounts.get(first, str(first))
        for found in uses.values():
            if len(set(found.values())) > 1:
                for index in found:
                    text = "the custody wallet serves another target wallet or case as well"
                    findings.add(STEP, Severity.DEFECT, "defect.shared-wallet", f"entry {index}", text)


def _cases(state: State) -> dict[int, str]:
    """Return the case of each registration that counts, by its entry."""
    placed = ((state.event(item.registration), item) for item in state.exhibits.values() if item.status != "voided")
    return {place.index: item.case for place, item in placed if place is not None}
