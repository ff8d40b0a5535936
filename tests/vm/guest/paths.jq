# SPDX-License-Identifier: GPL-2.0-only
# Paths of `watch --json` as lines of columns (lib.sh names them).
def none: if . == null or . == "" then "-" else . end;
def at($o): "\($o.src):\($o.src_port)>\($o.dst):\($o.dst_port)";
def side: if . == null then null else "\(.netns // "init")/\(.interface)" end;
select(.kind == "path") |
[(.key | if . then "\(.receiver_index):\(.counter)" else null end), (.tx | side), (.rx | side),
 .verdict.id, .verdict.reason, .verdict.certainty,
 (.inner | if . then "\(.version)\(.proto)" else null end), .inner.len,
 (.tx.gso // null | if . then "\(.segment)/\(.of)" else null end),
 (.outer | if . then at(.) else null end), (.rx.outer // null | if . then at(.) else null end),
 .outer.len, (.inner.icmp_type // .inner.dst_port), .verdict.function] | map(none) | @tsv
