"""Ways that an exhibit goes between ledgers, step by step: what is done, how it stands then, and what is to look at.

    a dispatch {x} {how} --to police-b -o 1.zip | dispatched - - | no-receipt
    (home, command without its signer)            (in a, b, c)     (of `custody status` there, and how it is marked)

`{x}` is the exhibit, `{how}` what sends an original; `in-transit` stands for `held` where a copy is meant. A code that
ends in `.` is due at once. `!` after the states: two hold it, and nothing that says so has crossed yet.
"""

from __future__ import annotations

from typing import Final

_SENT = "a dispatch {x} {how} --to police-b --purpose trial -o 1.zip | dispatched - - | no-receipt"
_TAKEN = "b receive 1.zip --case C --receipt 1.json --force | dispatched held - |"
_BACK = """
    b dispatch {x} {how} --to police-a --purpose back -o 2.zip | STATE dispatched - | no-receipt
    a receive 2.zip --receipt 2.json | held dispatched - |
    b receipt import 2.json | held transferred - |
"""
_ON_PAPER = "receipt record {x} --document paper.txt --decided-at 2026-11-21T20:23:00Z --outcome"
_LOST = "a transfer lost {x} --reason r --discovered-at 2026-11-21T20:23:00Z | dispatched - - | lost."
_RECALL = "a recall {x} --reason r"
_RETURN = "a transfer return {x} --document paper.txt --from"
_MOVE = "a move {x} --place vault | held - - |"
_BROKEN = "b receive broken.zip --refuse-all damaged --from police-a --transfer {first} --receipt r.json"

WALKS: Final = {
    "accepted": f"""
        {_SENT}
        {_TAKEN}
        a receipt import 1.json | transferred held - |
        """,
    "accepted with reservations": f"""
        {_SENT}
        b receive 1.zip --case C --reservation other --note later --receipt 1.json | dispatched held - |
        a receipt import 1.json | transferred held - |
        """,
    "refused and sent again": f"""
        {_SENT}
        b receive 1.zip --refuse-all damaged --receipt 1.json | dispatched - - |
        a receipt import 1.json | in-transit - - | in-transit
        {_MOVE}
        a dispatch {{x}} {{how}} --to police-b --purpose trial -o 2.zip | dispatched - - | no-receipt
        b receive 2.zip --case C --receipt 2.json | dispatched held - |
        a receipt import 2.json | transferred held - |
        """,
    "accepted on paper and proven later": f"""
        {_SENT}
        {_TAKEN}
        a {_ON_PAPER} accepted | transferred held - | paper-receipt
        a receipt import 1.json | transferred held - |
        """,
    "refused on paper, and accepted": f"""
        {_SENT}
        a {_ON_PAPER} refused | in-transit - - | in-transit
        b receive 1.zip --case C --receipt 1.json | in-transit held - ! |
        a receipt import 1.json *5 | in-transit held - | contested.
        {_BACK.replace("STATE", "in-transit")}
        """,
    "recalled, gone to somebody else, and accepted all the same": f"""
        {_SENT}
        {_RECALL} | in-transit - - | in-transit
        {_MOVE}
        a dispatch {{x}} {{how}} --to police-c --purpose trial -o 3.zip | dispatched - - | no-receipt
        c receive 3.zip --case C --receipt 3.json | dispatched - held |
        a receipt import 3.json | transferred - held |
        b receive 1.zip --case C --receipt 1.json | transferred held held ! |
        a receipt import 1.json *5 | transferred held held | contested.
        """,
    "recalled after it was accepted": f"""
        {_SENT}
        {_TAKEN}
        {_RECALL} | in-transit held - ! | in-transit
        a receipt import 1.json *5 | in-transit held - | contested.
        {_BACK.replace("STATE", "in-transit")}
        """,
    "returned": f"""
        {_SENT}
        {_TAKEN}
        a receipt import 1.json | transferred held - |
        {_BACK.replace("STATE", "transferred")}
        """,
    "returned before its receipt": f"""
        {_SENT}
        {_TAKEN}
        {_BACK.replace("STATE", "dispatched")}
        a receipt import 1.json *5 | held transferred - |
        """,
    "returned on paper, then by bundle": f"""
        {_SENT}
        {_TAKEN}
        a receipt import 1.json | transferred held - |
        {_RETURN} police-b *5 | transferred held - |
        {_RETURN} police-b --paper-only | held held - | two-holders.
        {_BACK.replace("STATE", "held")}
        """,
    "returned on paper, and sent to somebody else": f"""
        {_SENT}
        {_TAKEN}
        {_RETURN} police-b --paper-only | held held - | two-holders.
        a dispatch {{x}} {{how}} --to police-c --purpose trial -o 3.zip | dispatched held - | no-receipt two-holders.
        c receive 3.zip --case C --receipt 3.json | dispatched held held |
        a receipt import 3.json | transferred held held | two-holders.
        """,
    "to and from a courier, on paper": f"""
        a dispatch {{x}} {{how}} --to courier --purpose trial -o 1.zip | dispatched - - | no-receipt
        a {_ON_PAPER} accepted | transferred - - |
        {_RETURN} courier | held - - |
        """,
    "lost, and there all the same": f"""
        {_SENT}
        {_LOST}
        {_TAKEN}
        a receipt import 1.json | transferred held - |
        """,
    "lost, and found again": f"""
        {_SENT}
        {_LOST}
        {_RECALL} | in-transit - - | in-transit
        {_MOVE}
        a dispatch {{x}} {{how}} --to police-b --purpose trial -o 2.zip | dispatched - - | no-receipt
        b receive 2.zip --case C --receipt 2.json | dispatched held - |
        a receipt import 2.json | transferred held - |
        """,
    "refused unread, and accepted intact": f"""
        {_SENT}
        {_BROKEN} | dispatched - - |
        a receipt import r.json | in-transit - - | in-transit
        b receive 1.zip --case C --receipt 1.json *5 | in-transit - - |
        b receive 1.zip --case C --after-refusal --receipt 1.json | in-transit held - | refused-before.
        a receipt import 1.json *5 | in-transit held - | contested.
        {_BACK.replace("STATE", "in-transit")}
        """,
    "refused unread, accepted, and told at once": f"""
        {_SENT}
        {_BROKEN} | dispatched - - |
        b receive 1.zip --case C --after-refusal --receipt 1.json | dispatched held - | refused-before.
        a receipt import 1.json | transferred held - |
        """,
    "on to a third country, and home from there": f"""
        {_SENT}
        {_TAKEN}
        a receipt import 1.json | transferred held - |
        b dispatch {{x}} {{how}} --to police-c --purpose trial -o 2.zip | transferred dispatched - | no-receipt
        c receive 2.zip --case C --receipt 2.json | transferred dispatched held |
        b receipt import 2.json | transferred transferred held |
        c dispatch {{x}} {{how}} --to police-a --purpose back -o 3.zip | transferred transferred dispatched | no-receipt
        a receive 3.zip --receipt 3.json | held transferred dispatched |
        c receipt import 3.json | held transferred transferred |
        """,
}
