# SPDX-License-Identifier: GPL-2.0-only
# The guest's tab-separated lines (see guest-overhead) -> one object.
def median: sort | if length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def goal: {up: 1.04, record: 1.08}[.];

[inputs | split("\t")] as $lines
| [$lines[] | select(.[0] == "run") | {scenario: .[1], work: .[2], numbers: (.[4:] | map(tonumber))}] as $runs
| [$lines[] | select(.[0] == "hook")
    | {scenario: .[1], work: .[2], program: .[4], runs: (.[5] | tonumber),
       ns: (.[6] | tonumber), packets: (.[7] | tonumber)}] as $hooks
| {kernel: $kernel, count: $count,
   attach_us: ([$lines[] | select(.[0] == "attach") | {(.[1]): (.[2] | tonumber)}] | add),
   notes: [$lines[] | select(.[0] == "note") | .[1]],
   works: [
     $runs | group_by(.work)[] | .[0].work as $work
     | (map(select(.scenario == "untraced") | .numbers[0] / .numbers[4]) | if length > 0 then median else null end) as $base
     | {work: $work,
        rows: [
          # in the order in which they ran
          reduce .[].scenario as $s ([]; if index([$s]) then . else . + [$s] end) | .[]
        ],
        all: .}
     | .all as $all
     | {work, rows: [.rows[] as $s | [$all[] | select(.scenario == $s) | .numbers]
         # Time by packet: TCP does not send the same number each time.
         | map(.[0] / .[4]) as $each | ($each | median) as $median
         | {scenario: $s, us: (map(.[0]) | median), us_per_packet: $median,
            spread: (if length > 1 then (($each | max) - ($each | min)) / $median else null end),
            ratio: (if $base then $median / $base else null end), goal: ($s | goal),
            idle_us: (map(.[1]) | median),
            reader_user_us: (map(.[2]) | median), reader_sys_us: (map(.[3]) | median),
            packets: (map(.[4]) | median), rounds: map(.[0])}]}
   ],
   hooks: [
     ($hooks | group_by([.scenario, .work, .program]))[]
     | (map(.packets) | add) as $packets
     | .[0] as {$scenario, $work, $program}
     | (map(.runs) | add) as $runs
     | select($runs > 0)
     | {scenario: $scenario, work: $work, program: $program, runs_per_packet: ($runs / $packets),
        ns_per_run: ((map(.ns) | add) / $runs), ns_per_packet: ((map(.ns) | add) / $packets)}
   ]}
