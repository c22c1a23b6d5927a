"""HighwayHash in 64 bits: the checksum of a message that nats-server stores, for one that was altered."""

import struct

WORD, HALF = (1 << 64) - 1, (1 << 32) - 1
# The fractional digits of pi, as the algorithm's reference has them.
BEGIN = [
    [0xDBE6D5D5FE4CCE2F, 0xA4093822299F31D0, 0x13198A2E03707344, 0x243F6A8885A308D3],
    [0x3BD39E10CB0EF593, 0xC0ACF169B5F18A8C, 0xBE5466CF34E90C6C, 0x452821E638D01377],
]
PACKET = 32


def digest(key, data):
    """The hash of the bytes, under a key of 32 bytes."""
    lanes = struct.unpack("<4Q", key)
    state = [
        [begin ^ lane for begin, lane in zip(BEGIN[0], lanes)],
        [begin ^ swapped(lane) for begin, lane in zip(BEGIN[1], lanes)],
        list(BEGIN[0]),
        list(BEGIN[1]),
    ]
    whole = len(data) - len(data) % PACKET
    for start in range(0, whole, PACKET):
        update(state, struct.unpack_from("<4Q", data, start))
    if len(data) > whole:
        update_with_rest(state, data[whole:])
    for _ in range(4):
        update(state, [swapped(state[0][lane]) for lane in (2, 3, 0, 1)])
    return sum(part[0] for part in state) & WORD


def update(state, packet):
    """Takes 32 bytes in."""
    v0, v1, mul0, mul1 = state
    for lane in range(4):
        v1[lane] = (v1[lane] + mul0[lane] + packet[lane]) & WORD
        mul0[lane] ^= (v1[lane] & HALF) * (v0[lane] >> 32)
        v0[lane] = (v0[lane] + mul1[lane]) & WORD
        mul1[lane] ^= (v0[lane] & HALF) * (v1[lane] >> 32)
    for read, added_to in [(v1, v0), (v0, v1)]:
        for low in (0, 2):
            pair = [read[low].to_bytes(8, "little"), read[low + 1].to_bytes(8, "little")]
            for lane, zipped in [(low, zip_first(pair)), (low + 1, zip_second(pair))]:
                added_to[lane] = (added_to[lane] + int.from_bytes(zipped, "little")) & WORD


def zip_first(pair):
    """The zipper merge of two lanes, for the lower."""
    low, high = pair
    return bytes([low[3], high[4], low[2], low[5], high[6], low[1], high[7], low[0]])


def zip_second(pair):
    """The same for the upper."""
    low, high = pair
    return bytes([high[3], low[4], high[2], high[5], high[1], low[6], high[0], low[7]])


def update_with_rest(state, rest):
    """Takes the last bytes in, which are fewer than 32."""
    size = len(rest)
    for lane in range(4):
        state[0][lane] = (state[0][lane] + (size << 32) + size) & WORD
        low, high = state[1][lane] & HALF, state[1][lane] >> 32
        state[1][lane] = rotated(low, size) | rotated(high, size) << 32
    packet, last = bytearray(PACKET), rest[size & ~3 :]
    packet[: size & ~3] = rest[: size & ~3]
    if size & 16:
        packet[28:] = rest[size - 4 :]
    elif last:
        packet[16:19] = bytes([last[0], last[len(last) >> 1], last[-1]])
    update(state, struct.unpack("<4Q", packet))


def rotated(half, by):
    return (half << by | half >> (32 - by)) & HALF


def swapped(lane):
    return lane >> 32 | (lane & HALF) << 32
