# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F32  The same with IPv6 outside.
inject() {
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	ip -n a link set eth0 mtu 1300
	ip -n r link set ra mtu 1300
	fault r 'hook forward priority 0;' 'frag frag-off != 0 drop'
	length=1400
	pings a 10.0.0.2
	ip -n a link set eth0 mtu 1500
	ip -n r link set ra mtu 1500
	told network.lost fragment_missing
	inferred
	# when the receiver's stack gives up, after 60 s (ip6_frag_expire)
	settle=65
	case $(uname -r) in
	6.1.*) shown b outer_in NOT_SPECIFIED ;;
	*) shown b outer_in FRAG_REASM_TIMEOUT ;;
	esac
	# and says so to the sender
	shown a network.rejected reassembly_timeout
	unbalanced "b never gets what nft could count"
}
