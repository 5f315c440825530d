"""The home in which somebody stands who verifies a bundle: believed where he has signed in it before."""

from __future__ import annotations

from custody.cli.checking.own_ledger import with_own
from custody.cli.checking.seen import continues_seen, has_seen
from custody.cli.checking.trust_file import TrustFile
from custody.cli.context import Context
from custody.storage.home_layout import read_home
from schemas.errors import CustodyError


def with_own_if_seen(context: Context, file: TrustFile) -> TrustFile:
    """Return what a trust file says, and that the ledger at hand is believed where this user has signed in its
    home, and its history goes on from there.

    A home that can't be read vouches for nothing, and is no reason not to verify a bundle.
    """
    found = context.find_home()
    try:
        if found is None or not has_seen(context, read_home(found).origin):
            return file
        access = context.ledger()
        with access.read() as reader:
            return with_own(file, access.home) if continues_seen(context, reader) else file
    except CustodyError:
        return file
