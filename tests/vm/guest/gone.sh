# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Interfaces and namespaces that are deleted while they are traced and watched are forgotten; what
# stays is traced on; WireGuard can be unloaded.
. /vm/guest/lib.sh

shown() { "$wgt" show --json 2>/dev/null | jq -r '"\(.netns)/\(.interface)"' | sort | tr '\n' ' '; }

topology
trace_both
tunnel_works
start watch watch --all --json
all_return a 10.0.0.2 5 0.05
ip -n b link del wg0
gone() { [[ $(shown) == "a/wg0 " ]]; }
within 10 "show forgets a deleted interface ($(shown))" gone
a ping -q -c 3 -i 0.05 -W 0.2 10.0.0.2 >/dev/null || true
# another one of that name is not traced by itself
ip -n b link add wg0 type wireguard
expect_eq "interfaces in show" "a/wg0 " "$(shown)"
"$wgt" -n b up wg0 2>/dev/null || fail "up of a new interface"
expect_eq "interfaces in show" "a/wg0 b/wg0 " "$(shown)"
ip netns del b
within 10 "show forgets a deleted namespace ($(shown))" gone
stop watch
paths watch
expect_eq "pings before" 5 "$(how_many watch '$2 == "a/wg0" && $3 == "b/wg0" && $13 == 8')"
expect_eq "pings to nobody" 3 "$(how_many watch '$2 == "a/wg0" && $3 == "-" && $13 == 8')"
ip -n a link del wg0
within 10 "show forgets the last one ($(shown))" test -z "$(shown)"
"$wgt" show >/dev/null 2>&1 || fail "show with nothing left"
"$wgt" down --all 2>/dev/null || fail "down --all with nothing left"
expect_nothing_left
module_gone() { rmmod wireguard 2>/dev/null; }
on_exit modprobe wireguard
within 20 "rmmod wireguard" module_gone
