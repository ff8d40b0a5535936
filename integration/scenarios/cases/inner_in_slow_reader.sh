# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  The program that listens on the inner port does not read: its socket is full.
inject() {
	local was before reader refused
	was=$(sysctl -n net.core.rmem_default)
	sysctl -qw net.core.rmem_default=2304
	# any program that listens
	printf '%s\n' 'interface wg0' 'start 10.0.0.50' 'end 10.0.0.60' "lease_file $work/leases" >"$work/udhcpd"
	touch "$work/leases"
	nsenter --net=/run/netns/b -- busybox udhcpd -f "$work/udhcpd" &
	reader=$!
	within 5 "a listener" listens
	kill -STOP $reader
	sysctl -qw "net.core.rmem_default=$was"
	before=$(rcvbuf_errors)
	datagrams a 10.0.0.2 67 20
	sleep 0.2
	refused=$(($(rcvbuf_errors) - before))
	kill -9 $reader
	((refused > 0 && refused < 20)) || fail "$refused of 20 found the socket full: no test"
	told inner_in SOCKET_RCVBUFF $refused
	# by then skb->dev is overwritten
	unwatched_as
	shown b inner_in SOCKET_RCVBUFF $refused
}
listens() { [[ $(in_ns b ss -Hlun 'sport = :67') ]]; }
rcvbuf_errors() { in_ns b cat /proc/net/snmp | awk '/^Udp:/ && $6 ~ /^[0-9]+$/ { print $6 }'; }
