# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F32  The network loses every fragment but the first.
inject() {
	ip -n a link set eth0 mtu 1280
	ip -n r link set ra mtu 1280
	fault r 'hook forward priority 0;' 'ip frag-off & 0x1fff != 0 drop'
	length=1400
	pings a 10.0.0.2
	ip -n a link set eth0 mtu 1500
	ip -n r link set ra mtu 1500
	told network.lost fragment_missing
	inferred
	# when the receiver's stack gives up (ip_expire)
	settle=35
	case $(uname -r) in
	6.1.*) shown b outer_in NOT_SPECIFIED ;;
	*) shown b outer_in FRAG_REASM_TIMEOUT ;;
	esac
	unbalanced "b never gets what nft could count"
}
