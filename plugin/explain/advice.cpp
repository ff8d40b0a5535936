// SPDX-License-Identifier: GPL-2.0-only
// What to do about a verdict. Words for what the kernel's own stack dropped are in drop_reason.cpp.
#include "plugin/explain/messages.h"

namespace wgt::explain {
namespace {

// The first row of a verdict that can be filled, and whose command does no harm, applies
// (text_template.h, harm.h). Rows with {?harm_…} say what to do instead of those above them.
struct AdviceRow {
  VerdictId verdict;
  const char* text;
  const char* command;  // null: none
};

constexpr const char* kHandshakes = "wg show {dev} latest-handshakes";
constexpr const char* kSetEndpoint = "wg set {dev} peer {key} endpoint HOST:PORT";

constexpr AdviceRow kAdvice[] = {
    {VerdictId::UNKNOWN,
     "{?not_watched}Trace the other end too (`wg-trace up IFACE` there). Both on one host: "
     "`wg-trace watch --all`; on two: `wg-trace listen IFACE` there, `wg-trace watch IFACE --pair "
     "HOST` here.",
     nullptr},
    {VerdictId::UNKNOWN, "{?records_lost}Watch less at once, so that every record fits.",
     "wg-trace watch {dev} host {dst}"},
    {VerdictId::UNKNOWN,
     "{?records_lost}Watch less at once, with a filter, so that every record fits.", nullptr},

    {VerdictId::TX_BAD_PROTOCOL, "See what it is and which program sends it.",
     "tcpdump -c 5 -xx -n -i {dev} not ip and not ip6"},
    {VerdictId::TX_NO_PEER,
     "{?dst_multicast}Nothing, unless multicast is meant to pass this tunnel: WireGuard sends it "
     "to a peer only if its AllowedIPs have it.",
     nullptr},
    {VerdictId::TX_NO_PEER, "{?no_peers}Add the peer that {dst} lives behind.",
     "wg set {dev} peer KEY endpoint HOST:PORT allowed-ips {dst_host_net}"},
    {VerdictId::TX_NO_PEER, "Nothing: by now the AllowedIPs of peer {dst_allowed_now} cover {dst}.",
     nullptr},
    {VerdictId::TX_NO_PEER,
     "Add {dst} to the AllowedIPs of peer {only_peer}, if it lives behind it; the command sets "
     "the whole list.",
     "wg set {dev} peer {only_key} allowed-ips {only_with_dst}"},
    {VerdictId::TX_NO_PEER,
     "{?harm_endpoint}Do not add it to AllowedIPs: {dst} is a peer's endpoint. See why it is "
     "routed "
     "into the tunnel.",
     "ip route get {dst}"},
    {VerdictId::TX_NO_PEER,
     "Add {dst} to the AllowedIPs of the peer that it lives behind ({peers}); see what "
     "they have.",
     "wg show {dev} allowed-ips"},
    {VerdictId::TX_NO_PEER,
     "Add {dst|the destination} to the AllowedIPs of the peer that it lives behind; see what they "
     "have.",
     "wg show {dev} allowed-ips"},
    {VerdictId::TX_NO_ENDPOINT, "Wait for the peer to speak first, or set its address.",
     kSetEndpoint},
    {VerdictId::TX_GSO_FAILED, "Let the kernel hand over single packets.",
     "ethtool -K {dev} tso off gso off"},
    {VerdictId::TX_NO_MEMORY, "Look for what uses up the memory of {host|the sender}.", "free -h"},
    {VerdictId::TX_STAGED_OVERFLOW, "The handshake is what fails; see when the last one was.",
     kHandshakes},
    {VerdictId::TX_STAGED_PURGED, "{?interface_down}Bring the interface up again.",
     "ip link set {dev} up"},
    {VerdictId::TX_STAGED_PURGED,
     "{?peer_removed}Nothing, unless the peer should still be there; see which are.",
     "wg show {dev} peers"},
    {VerdictId::TX_STAGED_PURGED, "The handshake is what fails; see when the last one was.",
     kHandshakes},
    {VerdictId::TX_WAITING,
     "Nothing yet: it leaves when the peer answers, and is given up after 90 s. See when the last "
     "handshake was.",
     kHandshakes},
    {VerdictId::TX_PEER_DEAD, "Nothing, unless the peer should still be there; see which are.",
     "wg show {dev} peers"},
    {VerdictId::TX_QUEUE_FULL,
     "Give {host|the sender} more CPU, or send less; see where its time goes.",
     "cat /proc/softirqs /proc/loadavg"},
    {VerdictId::TX_RING_FULL,
     "Give {host|the sender} more CPU, or send less; see where its time goes.",
     "cat /proc/softirqs /proc/loadavg"},
    {VerdictId::TX_ENCRYPT_FAILED, "Look for what uses up the memory of {host|the sender}.",
     "free -h"},
    {VerdictId::TX_NO_ENDPOINT_FAMILY, "Wait for the peer to speak first, or set its address.",
     kSetEndpoint},
    {VerdictId::TX_NO_SOCKET,
     "Take the interface down and up again. If that fails, the namespace that it was made in is "
     "gone: make the interface anew.",
     "bash -c 'ip link set \"$1\" down && ip link set \"$1\" up' bash {dev}"},
    {VerdictId::TX_NO_ROUTE, "{?EPERM}See the policies.", "ip xfrm policy"},
    {VerdictId::TX_NO_ROUTE, "See which route the endpoint has.",
     "ip route get {to_address} mark {fwmark}"},
    {VerdictId::TX_NO_ROUTE, "See which route the endpoint has.", "ip route get {to_address}"},
    {VerdictId::TX_LOOP,
     "Keep the endpoint out of the tunnel, with a route of its own or with a mark; see its route "
     "now.",
     "ip route get {to_address} mark {fwmark}"},
    {VerdictId::TX_LOOP,
     "Keep the endpoint out of the tunnel, with a route of its own or with a mark; see its route "
     "now.",
     "ip route get {to_address}"},

    {VerdictId::NETWORK_LOST,
     "{?fragment_missing}Something on the way throws fragments away: lower the MTU on both ends "
     "until nothing is cut (1280 passes everywhere).",
     "ip link set {dev} mtu 1280"},
    {VerdictId::NETWORK_LOST,
     "{?fragment_missing}Something on the way throws fragments away: lower the MTU of the "
     "WireGuard interface on the sending side until nothing is cut (1280 passes everywhere).",
     nullptr},
    {VerdictId::NETWORK_LOST,
     "Look between the hosts: a firewall, the provider, NAT, or fragments that are thrown away; "
     "see how far UDP gets.",
     "traceroute -n -U -p {to_port} {to_address}"},
    {VerdictId::NETWORK_REJECTED,
     "{?port_unreachable}Is WireGuard up at {to_address}, and does it listen on port {to_port}? If "
     "it uses another one, set it.",
     kSetEndpoint},
    {VerdictId::NETWORK_REJECTED,
     "{?fragmentation_needed}Nothing, if it happens once: the kernel has learnt the size. If it "
     "goes on, lower the MTU of {iface|the interface}.",
     nullptr},
    {VerdictId::NETWORK_REJECTED,
     "{?packet_too_big}Nothing, if it happens once: the kernel has learnt the size. If it goes on, "
     "lower the MTU of {iface|the interface}.",
     nullptr},
    {VerdictId::NETWORK_REJECTED,
     "{?fragmentation_needed_filtered}Let ICMP \"fragmentation needed\" in, from anywhere; "
     "find the rule.",
     "nft list ruleset"},
    {VerdictId::NETWORK_REJECTED,
     "{?packet_too_big_filtered}Let ICMPv6 \"packet too big\" in, from anywhere: IPv6 does "
     "not work without it. Find the rule.",
     "nft list ruleset"},
    {VerdictId::NETWORK_REJECTED, "Ask whoever runs {router} to let it pass; see how far UDP gets.",
     "traceroute -n -U -p {to_port} {to_address}"},
    {VerdictId::NETWORK_REJECTED,
     "Ask whoever runs that router to let it pass; see how far UDP gets.",
     "traceroute -n -U -p {to_port} {to_address}"},

    {VerdictId::RX_MALFORMED,
     "{?reserved_bytes}If it came from the peer, that end is an obfuscating fork of WireGuard, or "
     "a "
     "provider that marks its packets there: use its own program on this end, or have the other "
     "end set these bytes to zero. Otherwise it is somebody's junk, and harmless.",
     nullptr},
    {VerdictId::RX_MALFORMED,
     "If it came from the peer, something on the way alters it; otherwise it is somebody's junk, "
     "and harmless.",
     nullptr},
    {VerdictId::RX_NO_DEVICE, "Bring the interface up again.", "ip link set {dev} up"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{?peer_removed}Nothing, unless the peer should still be there; see which are.",
     "wg show {dev} peers"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "Nothing: after 15 s without an answer {tx|the sender} makes a new session by itself. If it "
     "goes on longer, see when the last handshake was.",
     kHandshakes},
    {VerdictId::RX_UNKNOWN_INDEX,
     "Nothing: after 15 s without an answer {tx|the sender} makes a new session by itself.",
     nullptr},
    {VerdictId::RX_SESSION_DYING, "Nothing, if it happens once: a newer session takes over.",
     nullptr},
    {VerdictId::RX_PEER_DEAD, "Nothing, unless the peer should still be there; see which are.",
     "wg show {dev} peers"},
    {VerdictId::RX_QUEUE_FULL,
     "Give {host|the receiver} more CPU, or send less; see where its time goes.",
     "cat /proc/softirqs /proc/loadavg"},
    {VerdictId::RX_RING_FULL,
     "Give {host|the receiver} more CPU, or send less; see where its time goes.",
     "cat /proc/softirqs /proc/loadavg"},
    {VerdictId::RX_KEY_EXPIRED,
     "New handshakes fail, or there would be a younger session; see when the last one was.",
     kHandshakes},
    {VerdictId::RX_AUTH_FAILED,
     "Look for what alters packets on the way: a middlebox, NIC offloads, bad memory. See whether "
     "it goes on.",
     "wg-trace show {dev}"},
    {VerdictId::RX_NO_MEMORY,
     "{?too_many_fragments}Lower the MTU of the WireGuard interface on the sending side, so that "
     "nothing is fragmented.",
     nullptr},
    {VerdictId::RX_NO_MEMORY, "Look for what uses up the memory of {host|the receiver}.",
     "free -h"},
    {VerdictId::RX_REPLAY,
     "{?duplicate}Nothing: the first copy counted, and duplicates are harmless.", nullptr},
    {VerdictId::RX_REPLAY,
     "{?too_old}One is harmless. Many mean that a part of the traffic takes a much slower way: "
     "look for unequal paths or a long queue.",
     nullptr},
    {VerdictId::RX_BAD_INNER, "See what the sending host puts into its tunnel.", nullptr},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "Nothing: by now the AllowedIPs of peer {peer} cover {src} ({src_allowed_now}).", nullptr},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "Add {src} to the AllowedIPs of peer {peer}; the command sets the whole list.",
     "wg set {dev} peer {key} allowed-ips {allowed_with_src}"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "Add {src} to the AllowedIPs of peer {peer}. The command sets the whole list: for LIST put "
     "what `ip netns exec {netns} wg show {dev} allowed-ips` prints for it, with commas.",
     "wg set {dev} peer {key} allowed-ips LIST,{src_host_net}"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "Add {src} to the AllowedIPs of peer {peer}. The command sets the whole list: for LIST put "
     "what `wg show {dev} allowed-ips` prints for it, with commas.",
     "wg set {dev} peer {key} allowed-ips LIST,{src_host_net}"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{?harm_endpoint}Do not allow it: {src} is a peer's endpoint, and what is sent there would go "
     "into the tunnel that leads to it. The sending host took its outer address for the source: "
     "let its route into the tunnel name another one, with `src ADDRESS`.",
     nullptr},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{?harm_own_address}Do not allow it: {src} is an address of {host|the receiver} itself. Find "
     "out which host behind peer {peer} uses it.",
     nullptr},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{?harm_own_range}Do not allow it: {src} is in a network that {host|the receiver} reaches "
     "without the tunnel. Find out which host behind peer {peer} uses it.",
     nullptr},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{?harm_other_peer}Find out which host uses {src}: it is peer {src_owner}'s "
     "({src_owner_net}), and only one peer can have it. If it moved, change that on both; see what "
     "they have.",
     "wg show {dev} allowed-ips"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "Add its source to the AllowedIPs of the peer that sent it; see what they have.",
     "wg show {dev} allowed-ips"},
};

}  // namespace

std::optional<Advice> advice_for(VerdictId verdict, Facts facts, const Surroundings& around) {
  for (const AdviceRow& row : kAdvice) {
    if (row.verdict != verdict) continue;
    auto text = fill_sentence(row.text, facts);
    if (!text) continue;
    if (!row.command) return Advice{.text = *std::move(text), .command = std::nullopt};
    auto command = fill_command(row.command, facts);
    if (!command) continue;
    if (const auto harm = harm_of(*command, around))
      facts.insert_or_assign(harm_name(*harm), std::string(1, '1'));  // for a later row
    else
      return Advice{.text = *std::move(text), .command = *std::move(command)};
  }
  return std::nullopt;
}

}  // namespace wgt::explain
