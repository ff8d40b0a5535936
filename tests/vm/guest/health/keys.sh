# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Keys, AllowedIPs, endpoint. F01 and so on: what operators call for help with, one number each.
case_healthy() { # H0
	tunnel_works
	a ping -q -c 2 -i 0.2 fd00::2 >/dev/null || fail "no IPv6 through the tunnel"
	a ping -q -c 2 -i 0.2 192.168.50.2 >/dev/null || fail "no answer from the LAN"
	finds a ""
	status_is a active
	finds b ""
	status_is b active idle
}
case_no_peer() { # F01
	tunnel_works
	a ping -q -c 1 -W 0.3 10.0.0.77 >/dev/null 2>&1 || true
	finds a "tx.no_peer warning"
}
case_no_peer_v6() { # F02
	tunnel_works
	a ping -q -c 1 -W 0.3 fd00::77 >/dev/null 2>&1 || true
	finds a "tx.no_peer warning"
}
case_disallowed_source() { # F03
	tunnel_works
	b wg set wg0 peer "$key_a" allowed-ips 10.9.9.9/32
	knock
	finds b "rx.disallowed_source error"
	status_is b degraded
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}
case_no_endpoint() { # F04
	b wg set wg0 peer "$key_a" remove
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
	b ping -q -c 1 -W 0.3 10.0.0.1 >/dev/null 2>&1 || true
	finds b "tx.no_endpoint warning"
	finds a ""
}
case_wrong_responder_key() { # F05
	inject_wrong_responder_key
	knock 0.5
	finds a ""
	status_is a waiting
	# anybody can send one such message (case_forged); a peer tries again after 5 s
	until_found 20 b "hs.wrong_responder_key warning"
	says b hs.wrong_responder_key .evidence.from 192.0.2.2:51820
	says b hs.wrong_responder_key .evidence.peer "$key_a"
	# one end alone knows no more, however long it waits
	until_found 20 a "hs.no_answer error"
	status_is a dead
	undo_wrong_responder_key
}
case_own_key_changed() { # b's, and a was not told. Its twin: case_handshakes_filtered
	local talking
	tunnel_works
	wg genkey >"$work/new.key"
	b wg set wg0 private-key "$work/new.key"
	nsenter --net=/run/netns/a -- ping -q 10.0.0.2 >/dev/null 2>&1 &
	talking=($!)
	nsenter --net=/run/netns/b -- ping -q 10.0.0.1 >/dev/null 2>&1 &
	talking+=($!)
	on_exit kill "${talking[@]}"
	until_found 60 b "hs.wrong_responder_key warning"
	until_found 20 a "hs.unknown_initiator warning"
	says a hs.unknown_initiator .evidence.public_key "$(wg pubkey <"$work/new.key")"
	says a hs.unknown_initiator .evidence.peer "$key_b"
	kill "${talking[@]}"
	b wg set wg0 private-key "$work/b.key"
}
case_unknown_initiator() { # F06
	inject_unknown_initiator
	knock 0.5
	finds b "hs.unknown_initiator warning"
	says b hs.unknown_initiator .evidence.public_key "$key_a"
	finds a ""
	undo_unknown_initiator
}
case_psk_mismatch() { # F07
	inject_psk_mismatch
	knock 0.5
	finds a "hs.psk_mismatch error"
	until_found 20 b "hs.no_answer error"
	finds a "hs.psk_mismatch error"
	undo_psk_mismatch
}
case_clock_backwards() { # F08
	inject_clock_backwards
	knock 0.5
	# namespaces have one clock, so both ends see that it was set back
	finds b "clock.backwards warning,hs.replayed_timestamp error"
	finds a "clock.backwards warning"
	undo_clock_backwards
}
case_duplicates() { # F09, F42
	r tc qdisc add dev ra root netem duplicate 100%
	r tc qdisc add dev rb root netem duplicate 100%
	bounce a
	tunnel_works
	finds a ""
	finds b ""
	r tc qdisc del dev ra root
	r tc qdisc del dev rb root
}
case_no_identity() { # F10
	inject_no_identity
	knock
	finds a "hs.no_identity error"
	undo_no_identity
}
