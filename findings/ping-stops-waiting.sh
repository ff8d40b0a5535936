#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Software:  iputils-ping 3:20221126-1+deb12u1 (Debian), on Linux 6.12.117-1~deb12u1
# Behaviour: once one answer has come, ping waits after its last packet for twice the longest round
#            trip so far (or the interval), not for the time that -W says: an answer that comes
#            later is counted as lost, though the kernel got it (IcmpInEchoReps).
# Seen:      with -W 10, last answer 700 ms late: 5 sent, 4 received, and the kernel counts 5
set -euo pipefail
seen=$("$(dirname "$0")/../integration/vm/run" 6.12 - <<'GUEST'
for n in a b; do ip netns add $n; done
ip link add ea netns a type veth peer name eb netns b
ip -n a addr add 192.0.2.1/24 dev ea && ip -n a link set ea up
ip -n b addr add 192.0.2.2/24 dev eb && ip -n b link set eb up
ip netns exec a ping -q -c 1 -W 5 192.0.2.2 >/dev/null
answers() { ip netns exec a awk '/^Icmp: [0-9]/ { print $11 }' /proc/net/snmp; }
before=$(answers)
# only the answer with sequence number 5 is late
ip netns exec b tc qdisc add dev eb root handle 1: prio
ip netns exec b tc qdisc add dev eb parent 1:3 netem delay 700ms
ip netns exec b tc filter add dev eb parent 1: protocol ip u32 match u16 5 0xffff at 26 flowid 1:3
ip netns exec a ping -q -c 5 -i 0.2 -W 10 192.0.2.2 >/tmp/out
sleep 2
echo "$(ping -V | head -n 1): $(grep -o '[0-9]* packets transmitted, [0-9]* received' /tmp/out), kernel $(($(answers) - before))"
GUEST
)
echo "$seen"
[[ $seen == *": 5 packets transmitted, 4 received, kernel 5" ]]
