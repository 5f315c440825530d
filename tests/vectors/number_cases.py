"""Step 12: numbers that read like others."""

from __future__ import annotations

from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

UNCLEAR = "defect.number-unclear"


def _enter(name: str, comment: str, number: str, code: str = UNCLEAR) -> None:
    """Enter a case of an exhibit that is called by a number."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"})
        composed = post.world.registration(CASE, number, actor="examiner-1", files=FILES)
        post.forge.add(post.world.sign(composed))
        return Vector("PASSED", pack(post.bundle(number, to="ministry")), None, code, trust=trust_in(post))

    CASES[f"number-{name}"] = (comment, vector)


_enter("with-a-space-behind", "A number that ends with a space: a defect.", "EX-1 ")
_enter("with-two-spaces", "A number with two spaces in a row: a defect.", "EX  1")
_enter("with-a-space-within", "A number with one space within.", "EX 1", "")
_enter("with-a-hard-space", "A number with a space that doesn't break: a defect.", "EX\u00a01")
_enter("with-a-soft-hyphen", "A number with a hyphen that isn't seen: a defect.", "EX\u00ad1")
_enter("with-a-variation", "A number with a sign that only chooses a shape: a defect.", "EX-1\ufe0f")
_enter("with-a-tag", "A number with a sign from far behind that isn't seen: a defect.", "EX-1\U000e0041")
_enter("of-two-scripts", "A number with a Cyrillic letter among Latin ones: a defect.", "\u0415X-1")
_enter("of-two-scripts-apart", "A number with Cyrillic and Latin letters, and a hyphen between.", "\u0415-X1", "")
_enter("composed", "A number with a letter and its accent as one sign.", "\u00c9X-1", "")
_enter("not-composed", "A number with a letter and its accent as two signs: a defect.", "E\u0301X-1")
_enter("with-a-joiner", "A number with a joiner between Persian letters.", "\u0645\u06cc\u200c\u0645", "")
_enter("with-a-joiner-alone", "A number with a joiner beside a Latin letter: a defect.", "\u0645\u200cX")
_enter("with-a-joiner-behind", "A number that ends with a joiner: a defect.", "\u0645\u200d")
