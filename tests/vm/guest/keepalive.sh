# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A persistent keepalive a second, and nothing else: empty messages are called so, not dropped.
. /vm/guest/lib.sh

topology
trace_both
count_messages a b
start watch watch --all --json
a wg set wg0 peer "$key_b" persistent-keepalive 1
three_sent() { (($(counted_now b in) >= 3)); }
within 30 "three keepalives" three_sent
a wg set wg0 peer "$key_b" persistent-keepalive 0
stop watch
paths watch
expect_exact watch
expect_none "that carry something" watch '$4 != "keepalive"'
(($(how_many watch '$2 == "a/wg0"') >= 3)) || fail "only $(how_many watch 1) keepalives"
expect_nothing_shown_dropped
