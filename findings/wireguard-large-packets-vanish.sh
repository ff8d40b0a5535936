#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  WireGuard in Linux 6.12.117-1~deb12u1 (Debian), wireguard-tools 1.0.20210914-1
# Behaviour: an inner packet whose outer one comes in more than 25 pieces of memory (here: 25
#            fragments of 1,500 bytes) reaches the receiver's UDP socket and is thrown away by
#            WireGuard without a count: decrypt_packet has sg[MAX_SKB_FRAGS + 8] and returns false.
# Seen:      35,000 bytes: answered; 37,000: not; datagrams at the receiver's UDP +1; errors and
#            drops of both wg0: 0
set -euo pipefail
seen=$("$(dirname "$0")/../integration/vm/run" 6.12 - <<'GUEST'
for n in a b; do ip netns add $n; done
ip link add ea netns a type veth peer name eb netns b
ip -n a addr add 192.0.2.1/24 dev ea && ip -n a link set ea up
ip -n b addr add 192.0.2.2/24 dev eb && ip -n b link set eb up
ka=$(wg genkey) kb=$(wg genkey)
for n in a b; do ip -n $n link add wg0 mtu 65000 type wireguard; done
ip netns exec a wg set wg0 private-key <(echo "$ka") listen-port 51820 \
	peer "$(wg pubkey <<<"$kb")" allowed-ips 10.0.0.2/32 endpoint 192.0.2.2:51820
ip netns exec b wg set wg0 private-key <(echo "$kb") listen-port 51820 \
	peer "$(wg pubkey <<<"$ka")" allowed-ips 10.0.0.1/32
ip -n a addr add 10.0.0.1/24 dev wg0 && ip -n a link set wg0 up
ip -n b addr add 10.0.0.2/24 dev wg0 && ip -n b link set wg0 up
asks() { ip netns exec a ping -q -c 1 -W 2 -s "$1" 10.0.0.2 >/dev/null && echo answered || echo lost; }
came() { ip netns exec b awk '$1 == "Udp:" && $2 ~ /^[0-9]/ { print $2 }' /proc/net/snmp; }
asks 100 >/dev/null
small=$(asks 35000) before=$(came)
large=$(asks 37000)
errors=$(for n in a b; do ip -n $n -s -j link show wg0 | tr ',{}' '\n' | grep -E '"(errors|dropped)"' | cut -d: -f2; done | awk '{ n += $1 } END { print n }')
echo "$(uname -r): 35000: $small; 37000: $large; datagrams +$(($(came) - before)); errors and drops: $errors"
GUEST
)
echo "$seen"
[[ $seen == *": 35000: answered; 37000: lost; datagrams +1; errors and drops: 0" ]]
