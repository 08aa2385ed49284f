# Addresses from and to text.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ipaddress
import random


def written(ip):
    """An address as RFC 5952 writes it: as Python does, but for one of IPv4 inside."""
    mapped = ip.version == 6 and ip.ipv4_mapped
    return f"::ffff:{mapped}" if mapped else str(ip)


def ways(ip, chance):
    """Texts of an address of IPv6 that are not the one that is written."""
    groups = ip.exploded.split(":")
    yield ip.exploded.upper()
    yield ":".join(f"{int(group, 16):x}" for group in groups)
    yield ":".join(groups[:6]) + ":" + str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    at = chance.randrange(8)
    if groups[at] == "0000":
        yield ":".join(groups[:at]) + "::" + ":".join(groups[at + 1 :])


def is_ip(text):
    """What RFC 4291 calls an address, and a scope that is a number."""
    try:
        ip, percent, scope = text.partition("%")
        number = int(scope) if percent else 0
        if percent and (not scope.isdigit() or str(number) != scope or number >= 1 << 32 or ":" not in ip):
            return None
        return written(ipaddress.ip_address(ip)) + (f"%{number}" if number else "")
    except ValueError:
        return None


def lines_of_addresses():
    chance = random.Random(1)
    for _ in range(300):
        yield str(ipaddress.IPv4Address(chance.getrandbits(32)))
        bits = chance.getrandbits(128)
        for group in range(8):
            if chance.random() < 0.6:
                bits &= ~(0xFFFF << 16 * group)
        ip = ipaddress.IPv6Address(bits)
        yield from (str(ip), *ways(ip, chance))
    known = ["::", "::1", "1::", "::ffff:192.0.2.1", "::1.2.3.4", "64:ff9b::1.2.3.4", "fe80::1%2", "fe80::1%4294967295", "1.2.3.4"]
    yield from known
    yield from (f"ffff:{'ffff:' * 5}255.255.255.255", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:0:0:2:0:0:0:3", "1:0:0:2:3:0:0:4")
    letters = "0123456789abcdefg:.%[] "
    for _ in range(2000):  # almost addresses
        text = list(chance.choice(known))
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(text) + 1)
            text[at : at + chance.randrange(2)] = chance.choice(letters)
        yield "".join(text)
    yield from ("", ":", ":::", "1::2::3", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::1.2.3", "1.2.3.4::", "01.2.3.4")
    yield from ("1.2.3.256", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "::1%", "::1%x", "::1%4294967296", "1.2.3.4%1", "::%01", "localhost")


def test_addresses(host, component):
    lines = list(lines_of_addresses())
    ended = host.run(component("net-addresses"), stdin="".join(f"{line}\n" for line in lines).encode())
    assert (ended.code, ended.err) == (0, "")
    told = [line.split(" ")[0] for line in ended.out.decode().splitlines()]
    assert [(line, ip) for line, ip in zip(lines, told, strict=True)] == [(line, is_ip(line) or "-") for line in lines]


WITH_PORTS = {
    "127.0.0.1:80": ("127.0.0.1:80", "127.0.0.1"),
    "[::1]:0": ("[::1]:0", "::1"),
    "[0:0::1%7]:65535": ("[::1%7]:65535", "0:0::1%7"),
    "[::ffff:1.2.3.4]:443": ("[::ffff:1.2.3.4]:443", "::ffff:1.2.3.4"),
    "example.org:80": ("-", "example.org"),
    "[127.0.0.1]:80": ("-", "127.0.0.1"),
} | dict.fromkeys(
    ["::1:80", "[::1]", "[::1]80", "127.0.0.1", "127.0.0.1:", ":80", "[]:80", "1.2.3.4:65536", "1.2.3.4:+1", "1.2.3.4:x", "1.2.3.4:00080", "[::1]:80:90"],
    ("-", "-"),
)


def test_addresses_with_ports(host, component):
    ended = host.run(component("net-addresses"), stdin="".join(f"{line}\n" for line in WITH_PORTS).encode())
    told = [tuple(line.split(" ")[1:]) for line in ended.out.decode().splitlines()]
    assert dict(zip(WITH_PORTS, told, strict=True)) == WITH_PORTS
