# SPDX-License-Identifier: GPL-2.0-only
# overhead.jq's object -> tables to read.
def digits($n): if . == null then "-" else
  . as $x | ($x * pow(10; $n) | round | tostring) as $t
  | if $n == 0 then $t else
      ("0" * ([$n + 1 - ($t | length), 0] | max) // "") as $zeros
      | ($zeros + $t) | .[:-$n] + "." + .[-$n:] end end;
def left($w): . + (" " * ([$w - length, 0] | max) // "");
def right($w): (" " * ([$w - length, 0] | max) // "") + .;
def work($count): {ping: "\($count) pings of 1,200 bytes", tcp: "\($count * 4) kB by TCP (iperf3, GSO)"}[.];

. as $all
| (.works[] as {$work, $rows}
   | "",
     "\($work | work($all.count)), kernel \($all.kernel)",
     ("what is attached" | left(18)) + ("ms" | right(9)) + ("packets" | right(9)) + ("us/packet" | right(11)) + ("spread" | right(8)) + ("ratio" | right(8))
       + ("goal" | right(7)) + ("reader user" | right(13)) + ("sys" | right(7)),
     ($rows[] | (.scenario | left(18)) + (.us / 1000 | digits(1) | right(9))
       + (.packets | tostring | right(9)) + (.us_per_packet | digits(2) | right(11))
       + ((if .spread then (.spread * 100 | digits(1)) + "%" else "-" end) | right(8))
       + (.ratio | digits(3) | right(8)) + ((if .goal then .goal | digits(2) else "" end) | right(7))
       + (.reader_user_us / 1000 | digits(1) | right(13)) + (.reader_sys_us / 1000 | digits(1) | right(7)))),
  (.hooks | group_by([.work, .scenario])[] | .[0] as {$work, $scenario}
   | select($scenario | startswith("empty") | not)
   # What bpf_stats itself adds: the same program's time when it is empty.
   | ([$all.hooks[] | select(.work == $work and (.scenario | startswith("empty"))) | {(.program): .ns_per_run}]
      | add) as $empty
   | map(. + {net: (.ns_per_run - ($empty[.program]? // 0))})
   | "",
     "\($scenario), \($work | work($all.count)), kernel \($all.kernel); a packet: once sent, once received",
     ("program" | left(16)) + ("runs/packet" | right(12)) + ("ns/run" | right(9)) + ("net" | right(9))
       + ("net ns/packet" | right(15)),
     (sort_by(-.net * .runs_per_packet)[]
      | (.program | left(16)) + (.runs_per_packet | digits(3) | right(12)) + (.ns_per_run | digits(0) | right(9))
        + (.net | digits(0) | right(9)) + (.net * .runs_per_packet | digits(1) | right(15))),
     ("sum" | left(16)) + (map(.net * .runs_per_packet) | add | digits(1) | right(45)))
