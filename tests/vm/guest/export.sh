# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Metrics: what `export` tells, what a real Prometheus makes of it, and whether every query of the
# dashboard and every alert rule finds something there.
. /vm/guest/lib.sh

topology
trace_both
tunnel_works
a ping -q -c 3 -i 0.01 -W 0.3 10.0.0.77 >/dev/null 2>&1 || true
nsenter --net=/run/netns/b -- "$wgt" export --prometheus 127.0.0.1:9588 2>"$work/export.err" &
exporter=$!
on_exit kill $exporter
metrics() { in_ns b curl -sf -o "$work/metrics" http://127.0.0.1:9588/metrics; }
within 20 "metrics" metrics
grep -q '^wireguard_sent_bytes_total{interface="wg0",netns="a",public_key=' "$work/metrics" || fail "no bytes of a"
expect_eq "statuses that hold, one a peer" 2 "$(grep -c '^wgtrace_peer_status.* 1$' "$work/metrics")"
grep -Fq "$(<"$work/a.key")" "$work/metrics" && fail "a private key in the metrics"
in_ns b curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9588/ >"$work/code"
expect_eq "another path" 404 "$(<"$work/code")"

# --- Prometheus
if [[ ! -x /vm/prometheus ]]; then
	echo "no Prometheus here: only curl asked"
	exit
fi
cat >"$work/prometheus.yml" <<-'YML'
	global: {scrape_interval: 2s, evaluation_interval: 2s}
	rule_files: [/vm/prometheus-files/alerts.yml]
	scrape_configs:
	  - {job_name: wireguard, static_configs: [{targets: ['127.0.0.1:9588']}]}
YML
nsenter --net=/run/netns/b -- /vm/prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
	--web.listen-address=127.0.0.1:9090 2>"$work/prometheus.log" &
on_exit kill -9 $!
query() { # EXPRESSION: its results
	in_ns b curl -sf --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query |
		jq -ce 'select(.status == "success").data.result'
}
is_up() { [[ $(query 'up{job="wireguard"} == 1') == *wireguard* ]]; }
within 120 "Prometheus' first look" is_up
# two looks at moving counters, for rates; hops are timed while somebody watches
start watch watch --all --json
a ping -q -c 20 -i 0.2 10.0.0.2 >/dev/null
sleep 3
stop watch
for n in a b; do
	expect_eq "bytes that $n sent" "$(in_ns $n wg show wg0 transfer | cut -f3)" \
		"$(query "wireguard_sent_bytes_total{netns=\"$n\"}" | jq -r '.[].value[1]')"
done
expect_eq "drops" 3 "$(query 'wgtrace_drops_total{netns="a",verdict="tx.no_peer"}' | jq -r '.[].value[1]')"
# A graph may be empty only where nothing of its kind has happened.
jq -r '.. | .expr? // empty' /vm/prometheus-files/dashboard.json |
	sed 's/\$interface/wg0/g; s/\$__rate_interval/10s/g' >"$work/exprs"
while IFS= read -r expr; do
	results=$(query "$expr" | jq length) || fail "dashboard: $expr"
	echo "$results series: $expr"
	((results)) || [[ $expr == *_window_* ]] || fail "dashboard: nothing to show: $expr"
done <"$work/exprs"
expect_eq "rules that are not well" '' "$(in_ns b curl -sf http://127.0.0.1:9090/api/v1/rules |
	jq -r '.data.groups[].rules[] | select(.health != "ok") | .name + ": " + .lastError')"
pending=$(query 'ALERTS{alertname="WireGuardWarning"}' | jq length)
((pending > 0)) || fail "no alert for the dropped packets"

kill -INT $exporter
wait $exporter || fail "export: exit status $?"
