"""Edwards25519 in plain arithmetic (RFC 8032 section 5.1): the yardstick against which the library is measured."""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]


def add(first: Point, second: Point) -> Point:
    """Add two points; the formula is complete, so it also doubles."""
    (x1, y1), (x2, y2) = first, second
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def multiply(times: int, point: Point) -> Point:
    """Add a point to itself, in projective coordinates for speed."""
    total, step = (0, 1, 1), (point[0], point[1], 1)
    while times:
        if times & 1:
            total = _add(total, step)
        step, times = _add(step, step), times >> 1
    inverse = pow(total[2], -1, P)
    return total[0] * inverse % P, total[1] * inverse % P


def _add(first: tuple[int, int, int], second: tuple[int, int, int]) -> tuple[int, int, int]:
    (x1, y1, z1), (x2, y2, z2) = first, second
    a, b = z1 * z2 % P, z1 * z1 % P * z2 % P * z2 % P
    c, d = x1 * x2 % P, y1 * y2 % P
    e = D * c * d % P
    f, g = b - e, b + e
    x3 = a * f % P * ((x1 + y1) * (x2 + y2) - c - d) % P
    return x3, a * g % P * (d + c) % P, f * g % P


def decode(raw: bytes) -> Point | None:
    """Read a canonical encoding of a point on the curve, else None."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = pow(u * pow(v, -1, P), (P + 3) // 8, P)
    if (v * x * x - u) % P:
        x = x * ROOT % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def encode(point: Point) -> bytes:
    """Write a point in 32 bytes."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _torsion() -> tuple[Point, ...]:
    """Find the eight points of small order: the multiples of one of order eight."""
    for y in range(2, 1000):
        point = decode(y.to_bytes(32, "little"))
        if point and multiply(4, multiply(L, point)) != (0, 1):
            return tuple(multiply(times, multiply(L, point)) for times in range(8))
    raise AssertionError("no point of order eight among a thousand")


BASE = (decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))) or (0, 1)
TORSION = _torsion()


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    """Compute h, the scalar to which a signature answers."""
    return int.from_bytes(sha512(r + key + message).digest(), "little") % L


def is_strict(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether every rule of strict Ed25519 holds, each written out."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    point_a, point_r = decode(key), decode(r)
    if len(signature) != 64 or s >= L or point_a is None or point_r is None:
        return False
    if point_a in TORSION or point_r in TORSION:
        return False
    negated = (-point_a[0] % P, point_a[1])
    return encode(add(multiply(s, BASE), multiply(challenge(r, key, message), negated))) == r
