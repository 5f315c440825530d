"""Countries in an audit: where a ledger says that an agent is, against where its ledger is trusted to be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from custody.bundle.behind import Behind
from custody.storage.ledger_store import SqliteStore
from custody.verify.verify import Trusted
from schemas.report import Severity
from tests import border
from tests.audit.tampering import AT, audit
from tests.border import Side, register, trust
from tests.world import World


def told(folder: Path, gate: str | None, believed: Trusted | None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Send EX-1 to a laboratory that is said to be at home, and return of which entries an audit says that it is not;
    without ``believed`` the auditor knows the ledger of the laboratory.
    """
    b = Side(folder / "b", "b", peers={"a": "XA"}, gate=gate)
    (place := folder / "ledger").mkdir()
    with SqliteStore.create(place) as store:
        monkeypatch.setattr(border, "World", partial(World, store))
        a = Side(folder / "a", "a", peers={"b": "XB"}, gate=gate)
        register(a)
        a.world.enrol("b-lab", (), kind="organisation", country="XA", ledger="b.example/main")
        a.build("1.zip", "EX-1", to="b-lab")
        a.build("2.zip", "EX-1", to="b-lab")
    behind = Behind(lambda _: None, lambda _: None, believed or trust(a, b), AT)
    report = audit(place, origin=a.world.origin, behind=behind).audited.report
    found = [item for item in report.findings if item.code == "lawfulness.country"]
    assert {(item.step, item.severity) for item in found} <= {(11, Severity.FAILED)}
    return [item.subject for item in found]


@pytest.mark.parametrize("gate", ["v2", "v1", None])
def test_a_recipient_is_where_his_ledger_is_trusted_to_be(
    tmp_path: Path, gate: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is sent abroad under a country of convenience is found by his own auditor, not by a stranger alone."""
    (one,) = told(tmp_path, gate, None, monkeypatch)
    assert one.startswith("entry ")


def test_who_believes_nobody_has_nothing_to_hold_it_against(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A country on record is as good as any other then."""
    assert told(tmp_path, "v2", Trusted(), monkeypatch) == []
