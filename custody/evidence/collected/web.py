"""Parts of a web capture: the source of a page, and an image of it. What they are is told by their first bytes."""

from __future__ import annotations

import re
from typing import Final

from custody.evidence.collected.lines import BYTE_ORDER_MARK

_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")


def is_html(head: bytes, _: bytes) -> bool:
    """Tell whether the file is a page, or a page with all its parts (MHTML, RFC 2557)."""
    if _HTML.match(head.removeprefix(BYTE_ORDER_MARK).lstrip()):
        return True
    lower = head[:8192].lower()
    return b"\nsnapshot-content-location:" in lower and b"multipart/related" in lower


def is_image(head: bytes, _: bytes) -> bool:
    """Tell whether the file is an image (PNG, JPEG, WebP), or a page printed into a file (PDF)."""
    return head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
