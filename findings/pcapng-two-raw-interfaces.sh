#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  tcpdump 4.99.3-1 with libpcap 1.10.3-1 (Debian)
# Behaviour: a pcapng file with two interfaces of one link type is read, unless that type is
#            LINKTYPE_RAW (101): libpcap compares the second with what it translated the first to,
#            and refuses the file, in which nothing differs.
# Seen:      tcpdump, Ethernet twice: 2 packets; raw twice: "an interface has a type 101 different
#            from the type of the first interface", 0 packets
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 >/dev/null
for deb in *.deb; do dpkg -x "$deb" root; done
make_file() { # LINKTYPE HEX_OF_A_PACKET
	python3 - "$@" <<'PYTHON'
import struct, sys
link, packet = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
out += block(1, struct.pack("<HHI", link, 0, 262144)) * 2
for interface in 0, 1:
    out += block(6, struct.pack("<IIIII", interface, 0, 1, len(packet), len(packet)) + packet)
open(f"{link}.pcapng", "wb").write(out)
PYTHON
}
ip=450000200000000040110000c0000201c63364020035003500000000000000000000
make_file 1 "0200000000020200000000010800$ip"
make_file 101 "$ip"
read_with_tcpdump() {
	LD_LIBRARY_PATH=$tmp/root/usr/lib/x86_64-linux-gnu "$tmp/root/usr/bin/tcpdump" -n -r "$1" 2>"$1.err" | wc -l || true
}
ethernet=$(read_with_tcpdump 1.pcapng)
raw=$(read_with_tcpdump 101.pcapng)
said=$(grep -o 'an interface has a type 101 different from the type of the first interface' 101.pcapng.err || true)
echo "tcpdump: Ethernet twice $ethernet packets, raw twice $raw; said: $said"
[[ $ethernet == 2 && $raw == 0 && $said ]]
