#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  WireGuard in Linux 6.12.117-1~deb12u1 (Debian), wireguard-tools 1.0.20210914-1
# Behaviour: setting an interface down and up throws its sessions away but leaves the time of the
#            latest handshake as it was: an age of seconds does not say that there is a session.
#            The next packet makes a new handshake.
# Seen:      handshakes answered by the other end: 1 before; time the same after down and up; the
#            next ping: 2
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
# responses (message type 2) that reach a
ip netns exec a nft -f - <<'NFT'
table ip t {
	counter answers { }
	chain c { type filter hook input priority 0; udp dport 51820 @th,64,32 0x02000000 counter name answers; }
}
NFT
answers() { ip netns exec a nft list counter ip t answers | awk '$1 == "packets" { print $2 }'; }
latest() { ip netns exec a wg show wg0 latest-handshakes | cut -f2; }
ip netns exec a ping -q -c 1 -W 5 10.0.0.2 >/dev/null
before=$(latest) first=$(answers)
sleep 6 # a peer answers one initiation in 5 s
ip -n a link set wg0 down && ip -n a link set wg0 up
ip -n a route replace 10.0.0.0/24 dev wg0
[[ $(latest) == "$before" ]] && same=same || same=different
ip netns exec a ping -q -c 1 -W 10 10.0.0.2 >/dev/null
echo "$(uname -r): answers $first, then $(answers); time after down and up: $same"
GUEST
)
echo "$seen"
[[ $seen == *": answers 1, then 2; time after down and up: same" ]]
