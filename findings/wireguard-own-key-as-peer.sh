#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  WireGuard in Linux 6.12.117-1~deb12u1 (Debian), wireguard-tools 1.0.20210914-1
# Behaviour: `wg set` with the interface's own public key as a peer succeeds (status 0, nothing on
#            stderr) and adds no peer. A key pasted into the wrong file goes unnoticed.
# Seen:      status 0, 0 bytes of messages, 0 peers
set -euo pipefail
seen=$("$(dirname "$0")/../integration/vm/run" 6.12 - <<'GUEST'
key=$(wg genkey)
ip link add wg0 type wireguard
wg set wg0 private-key <(echo "$key")
status=0
wg set wg0 peer "$(wg pubkey <<<"$key")" allowed-ips 10.0.0.0/24 2>/tmp/err || status=$?
echo "$(uname -r): status $status, $(wc -c </tmp/err) bytes of messages, $(wg show wg0 peers | wc -l) peers"
GUEST
)
echo "$seen"
[[ $seen == *": status 0, 0 bytes of messages, 0 peers" ]]
