"""Step 4: the newest entry, of which a bundle comes to be, is malformed, or isn't what it should be."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import canonical, layout
from schemas.entry import parse_entry
from schemas.envelope import Signature, pae
from schemas.event import PAYLOAD_TYPE
from schemas.text import format_base64
from tests.vectors.forge import Members, retag
from tests.vectors.setting import Setting, Vector, case, plain_bundle


def _exported_as(setting: Setting, old: bytes, new: bytes) -> Members:
    """A bundle in whose export some bytes were changed before the checkpoint was signed."""
    members, forge = plain_bundle(setting), setting.forge
    entry = parse_entry(forge.raws.pop())
    raw = entry.event.raw.replace(old, new, 1)
    assert raw != entry.event.raw, "the fault must change something"
    key = setting.world.signers[entry.event.event.actor][-1]
    signature = Signature(keyid=key.key_id, sig=format_base64(key.sign(pae(PAYLOAD_TYPE, raw))))
    envelope = replace(entry.entry.envelope, payload=format_base64(raw), signatures=(signature,))
    index = forge.add_raw(canonical.encode(replace(entry.entry, envelope=envelope)))
    return retag({**members, layout.CHECKPOINT: forge.checkpoint(), layout.entry_name(index): forge.raws[index]})


@case
def export_malformed(setting: Setting) -> Vector:
    """The newest entry, the export itself, is malformed: nothing says what must be carried."""
    return setting.failed(_exported_as(setting, b'"recipient":', b'"recipients":'), 4, "record.malformed")


@case
def export_malformed_and_unproven(setting: Setting) -> Vector:
    """The newest entry is of no type that there is, so that completeness can't be looked at."""
    members = _exported_as(setting, b'"bundle.exported"', b'"bundle.imported"')
    return setting.failed(members, 4, "completeness.unproven")


@case
def export_of_a_newer_version(setting: Setting) -> Vector:
    """The newest entry, the export itself, is of a version that this verifier doesn't know."""
    members = _exported_as(setting, b'"custody-event/v1"', b'"custody-event/v2"')
    return setting.vector("INDETERMINATE", members, 2, "record.version")


@case
def export_of_another_type(setting: Setting) -> Vector:
    """The newest entry has an index root, and is no export."""
    members = _exported_as(setting, b'"bundle.exported"', b'"access.logged"')
    return setting.failed(members, 4, "record.malformed")
