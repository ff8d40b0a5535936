#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  WireGuard in Linux 6.12.117-1~deb12u1 (Debian), wireguard-tools 1.0.20210914-1
# Behaviour: after `wg set IFACE listen-port` the other end goes on sending to the old port, in a
#            session that both ends still have, until this end happens to send something: nothing
#            is sent by itself, and no counter of the tunnel moves.
# Seen:      b to a: lost; a to b: answered; b to a: answered
set -euo pipefail
seen=$("$(dirname "$0")/../integration/vm/run" 6.12 - <<'GUEST'
for n in a b; do ip netns add $n; done
ip link add ea netns a type veth peer name eb netns b
ip -n a addr add 192.0.2.1/24 dev ea && ip -n a link set ea up
ip -n b addr add 192.0.2.2/24 dev eb && ip -n b link set eb up
ka=$(wg genkey) kb=$(wg genkey)
for n in a b; do ip -n $n link add wg0 type wireguard; done
ip netns exec a wg set wg0 private-key <(echo "$ka") listen-port 51820 \
	peer "$(wg pubkey <<<"$kb")" allowed-ips 10.0.0.2/32 endpoint 192.0.2.2:51820
ip netns exec b wg set wg0 private-key <(echo "$kb") listen-port 51820 \
	peer "$(wg pubkey <<<"$ka")" allowed-ips 10.0.0.1/32
ip -n a addr add 10.0.0.1/24 dev wg0 && ip -n a link set wg0 up
ip -n b addr add 10.0.0.2/24 dev wg0 && ip -n b link set wg0 up
asks() { ip netns exec "$1" ping -q -c 1 -W 2 "$2" >/dev/null && echo answered || echo lost; }
asks a 10.0.0.2 >/dev/null
ip netns exec a wg set wg0 listen-port 51999
echo "$(uname -r): b to a: $(asks b 10.0.0.1); a to b: $(asks a 10.0.0.2); b to a: $(asks b 10.0.0.1)"
GUEST
)
echo "$seen"
[[ $seen == *": b to a: lost; a to b: answered; b to a: answered" ]]
