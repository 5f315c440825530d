"""The home in which somebody stands who verifies a bundle: believed where he has signed in it before."""

from __future__ import annotations

from custody.cli.checking.own_ledger import trusting_own
from custody.cli.checking.seen import continues_seen, has_seen
from custody.cli.context import Context
from custody.storage.home_layout import read_home
from custody.verify.verify import Trusted
from schemas.errors import CustodyError


def trusting_if_seen(context: Context, trusted: Trusted) -> Trusted:
    """Return what was read from a trust file, and that the ledger at hand is believed where this user has signed in its
    home, and its history goes on from there.

    A home that can't be read vouches for nothing, and is no reason not to verify a bundle.
    """
    found = context.find_home()
    try:
        if found is None or not has_seen(context, read_home(found).origin):
            return trusted
        access = context.ledger()
        with access.read() as reader:
            return trusting_own(trusted, access.home) if continues_seen(context, reader) else trusted
    except CustodyError:
        return trusted
