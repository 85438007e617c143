"""RFC 9018's server cookies, written from the RFC: what the server's are compared with."""

import struct

_MASK = (1 << 64) - 1


def _rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & _MASK


def _round(v0, v1, v2, v3):
    v0 = (v0 + v1) & _MASK
    v1 = _rotate(v1, 13) ^ v0
    v0 = _rotate(v0, 32)
    v2 = (v2 + v3) & _MASK
    v3 = _rotate(v3, 16) ^ v2
    v0 = (v0 + v3) & _MASK
    v3 = _rotate(v3, 21) ^ v0
    v2 = (v2 + v1) & _MASK
    v1 = _rotate(v1, 17) ^ v2
    return v0, v1, _rotate(v2, 32), v3


def siphash24(key, data):
    """SipHash-2-4: 8 octets."""
    k0, k1 = struct.unpack("<QQ", key)
    v = (k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573)
    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) & 0xff])
    for (word,) in struct.iter_unpack("<Q", padded):
        v = (*v[:3], v[3] ^ word)
        v = _round(*_round(*v))
        v = (v[0] ^ word, *v[1:])
    v = (*v[:2], v[2] ^ 0xff, v[3])
    for _ in range(4):
        v = _round(*v)
    return struct.pack("<Q", v[0] ^ v[1] ^ v[2] ^ v[3])


def server_cookie(secret, client, address, when):
    """§4: version 1, reserved, timestamp, hash."""
    head = struct.pack(">BxxxI", 1, when)
    return head + siphash24(secret, client + head + address)


# Appendix A.1.
assert server_cookie(bytes.fromhex("e5e973e5a6b2a43f48e7dc849e37bfcf"), bytes.fromhex("2464c4abcf10c957"),
                     bytes((198, 51, 100, 100)), 1559731985).hex() == "010000005cf79f111f8130c3eee29480"
