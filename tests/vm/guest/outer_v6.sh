# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# IPv6 outside: the outer tuple is right on both ends, for IPv4 and IPv6 inside.
. /vm/guest/lib.sh

topology '[2001:db8:b::2]:51821'
trace_both
count_messages a b
start watch watch --all --json
all_return a 10.0.0.2 50 0.01
all_return b fd00::1 50 0.01
stop watch
paths watch
expect_exact watch
expect_seen "IPv4 inside" watch 100 '$7 == "4icmp"'
expect_seen "IPv6 inside" watch 100 '$7 == "6icmpv6"'
ab='2001:db8:a::2:51820>2001:db8:b::2:51821' ba='2001:db8:b::2:51821>2001:db8:a::2:51820'
expect_none "with wrong outer ends" watch \
	"(\$2 == \"a/wg0\" && (\$10 != \"$ab\" || \$11 != \"$ab\")) || (\$2 == \"b/wg0\" && (\$10 != \"$ba\" || \$11 != \"$ba\"))"
expect_nothing_shown_dropped
