"""How an asset of another ledger, and its freeze, are taken over from its verified bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle.disclose import parse_choice
from custody.transfer.foreign_assets import changes_told, plain_asset
from custody.verify.verify import Verified
from schemas.types import Private
from tests.border import CASE, NONCE, Side, read, register, trust

ASSET = {
    "account": "bip122:1", "custody": "custodial",
    "platform": {"collection": "tigers", "number": "7", "platform": "an exchange"},
}  # fmt: skip
FROZEN = {"ends_at": "2026-12-01T00:00:00Z", "frozen_at": "2026-11-20T00:00:00Z", "order": "7", "provider": "p"}
TIME = "2026-11-20T12:00:00Z"
PLACED = {"change": "placed", "decided_at": TIME, "ends_at": "2027-01-01T00:00:00Z", "order": "8"}
PROLONGED = {**PLACED, "change": "prolonged"}
LIFTED = {"change": "lifted", "decided_at": TIME}
ORIGIN = {"event": "ab" * 32, "index": 4, "ledger": "c.example/main", "root": "ef" * 32, "size": 9}


def sent(
    folder: Path, freeze: dict[str, Any] | None, *changes: dict[str, Any], withhold: tuple[str, ...] = (), **more: Any
) -> Verified:
    """Return the bundle of an asset to which all that happened, as ``more`` names it; None stands for left out."""
    a = Side(folder / "a", "a", peers={"b": "XB"})
    named = {name: value for name, value in {**ASSET, **more}.items() if value is not None}
    asset = {**named, **({"freeze": freeze} if freeze else {})}
    a.world.register(CASE, "EX-1", actor="examiner-1", nature="asset", kind="account", asset=asset, files={"a": b"a"})
    for change in changes:
        a.world.annotate("asset.freeze-changed", a.world.about(CASE, "EX-1"), change, actor="examiner-1")
    register(a, "EX-2")
    a.consent("EX-1", "b-police")
    acts = [a.dispatch("EX-1", "b-police")]
    choice = parse_choice(withhold=[f"exhibit.registered:/details/asset/{name}" for name in withhold], disclose=())
    path = a.build("1.zip", "EX-1", to="b-police", acts=acts, choice=choice, transfer=NONCE).path
    return read(path, trust(a), a.world.at)


def plainly(verified: Verified) -> Any:
    """Return what shows all that is disclosed."""

    def plain(value: object) -> Any:
        found = verified.values.disclosed.get(value.commitment) if isinstance(value, Private) else None
        return None if found is None else found.value

    return plain


@pytest.mark.parametrize(
    ("freeze", "changes", "found"),
    [
        (None, [], None),
        (FROZEN, [], FROZEN),
        (FROZEN, [PROLONGED], {**FROZEN, "ends_at": "2027-01-01T00:00:00Z", "order": "8"}),
        (FROZEN, [{**PROLONGED, "provider": "q"}],
         {**FROZEN, "ends_at": "2027-01-01T00:00:00Z", "order": "8", "provider": "q"}),
        (FROZEN, [LIFTED], None),
        (FROZEN, [LIFTED, PLACED], {**FROZEN, "frozen_at": TIME, "ends_at": "2027-01-01T00:00:00Z", "order": "8"}),
        (None, [{"change": "placed", "decided_at": TIME}], {"frozen_at": TIME, "provider": "not on record"}),
    ],
)  # fmt: skip
def test_a_freeze_arrives_as_it_stood_when_it_left(
    tmp_path: Path, freeze: dict[str, Any] | None, changes: list[dict[str, Any]], found: dict[str, Any] | None
) -> None:
    """Who believes what the registration says believes what was over before the thing left."""
    verified = sent(tmp_path, freeze, *changes)
    asset = plain_asset(verified, CASE, "EX-1", plainly(verified))
    assert asset is not None
    told = None if asset["freeze"] is None else {name: it for name, it in asset["freeze"].items() if it is not None}
    assert told == found
    assert (asset["account"], asset["custody"], asset["platform"]["number"]) == ("bip122:1", "custodial", "7")


def test_no_word_stands_in_the_place_of_an_account_that_was_withheld(tmp_path: Path) -> None:
    """It would be held against what is seen of the account later; only where nothing else names the asset it must."""
    for place, (withhold, more, names) in enumerate(
        [
            (("account",), {}, {}),
            (("account",), {"asset": "bip122:1/slip44:0", "platform": None}, {"asset": "bip122:1/slip44:0"}),
            (("account", "asset"), {"asset": "bip122:1/slip44:0", "platform": None}, {"account": "-", "asset": "-"}),
        ]
    ):
        (folder := tmp_path / str(place)).mkdir()
        verified = sent(folder, FROZEN, withhold=withhold, **more)
        plain = plainly(verified)
        asset = plain_asset(verified, CASE, "EX-1", lambda value, plain=plain: plain(value) or "-")  # type: ignore[misc]
        assert asset is not None
        assert {name: asset[name] for name in ("account", "amount", "asset") if name in asset} == names


def test_what_is_no_asset_arrives_as_none(tmp_path: Path) -> None:
    """Files have nothing to freeze, and what the bundle doesn't list has no story."""
    verified = sent(tmp_path, FROZEN)
    assert plain_asset(verified, CASE, "EX-2", plainly(verified)) is None
    assert changes_told(verified, CASE, "EX-2", since=0, own="b.example/main") == ()


def test_only_what_is_new_and_not_our_own_word_is_told(tmp_path: Path) -> None:
    """What somebody else repeats after us is no news."""
    verified = sent(tmp_path, FROZEN, PROLONGED, {**LIFTED, "origin": ORIGIN}, PLACED)
    told = changes_told(verified, CASE, "EX-1", since=0, own="b.example/main")
    assert [item.details.change for item in told] == ["prolonged", "lifted", "placed"]
    assert {item.origin.ledger for item in told} == {"a.example/main"}
    at = told[0].origin.index
    assert len(changes_told(verified, CASE, "EX-1", since=at + 1, own="b.example/main")) == 2
    assert len(changes_told(verified, CASE, "EX-1", since=0, own="c.example/main")) == 2
