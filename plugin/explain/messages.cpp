// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/messages.h"

namespace wgt::explain {
namespace {

// The first row of a verdict that can be filled applies (text_template.h). The last
// message row of each verdict needs no fact (tests/plugin/explain/messages_test.cpp).
struct MessageRow {
  VerdictId verdict;
  const char* text;
};

constexpr MessageRow kMessages[] = {
    {VerdictId::UNKNOWN,
     "{?not_watched}It left {tx|the sender}; nobody watched the other end, so what became of it "
     "is not known"},
    {VerdictId::UNKNOWN,
     "{?records_lost}Records were lost while it was under way, so that one is missing proves "
     "nothing"},
    {VerdictId::UNKNOWN, "{?still_open}Watching ended before its end was seen"},
    {VerdictId::UNKNOWN, "What became of it is not known"},

    {VerdictId::DELIVERED, "Handed to the inner stack of {label|the receiver}"},
    {VerdictId::KEEPALIVE,
     "An empty message, by design: it keeps the session and the way through NAT open"},

    {VerdictId::INNER_OUT, "{label|the sender} dropped it before WireGuard took it: {words}"},
    {VerdictId::INNER_OUT,
     "{label|the sender} dropped it before WireGuard took it, and the kernel gave no reason"},
    {VerdictId::TX_BAD_PROTOCOL,
     "What was sent into {iface|the interface} is neither an IPv4 nor an IPv6 packet"},
    {VerdictId::TX_NO_PEER,
     "No peer of {iface|the interface} takes {dst_multicast}: it is multicast, and in nobody's "
     "AllowedIPs"},
    {VerdictId::TX_NO_PEER, "{?no_peers}{iface} on {label} has no peers, so nobody takes {dst}"},
    {VerdictId::TX_NO_PEER,
     "No peer of {iface} on {label} takes {dst}: it is not in the AllowedIPs of its only peer "
     "{only_peer} ({only_allowed})"},
    {VerdictId::TX_NO_PEER,
     "No peer of {iface|the interface} on {label|the sender} takes {dst|the destination}: it is "
     "in nobody's AllowedIPs"},
    {VerdictId::TX_NO_ENDPOINT,
     "Peer {peer|of this packet} has no endpoint: {label|the sender} does not know where to send "
     "to"},
    {VerdictId::TX_GSO_FAILED,
     "{label|the sender} could not cut the super-packet (GSO) that it was part of into packets"},
    {VerdictId::TX_NO_MEMORY, "{label|the sender} had no memory left for it"},
    {VerdictId::TX_STAGED_OVERFLOW,
     "It waited on {label|the sender} for a handshake with peer {peer|of this packet}, and newer "
     "packets pushed it out of the queue of 128"},
    {VerdictId::TX_STAGED_PURGED,
     "{?gave_up}It waited on {label|the sender} for a handshake with peer {peer|of this packet}, "
     "which did not answer: after 90 s {label|the sender} gave up"},
    {VerdictId::TX_STAGED_PURGED,
     "{?interface_down}It waited on {label|the sender} for a handshake with peer {peer|of this "
     "packet} when {iface|the interface} was taken down"},
    {VerdictId::TX_STAGED_PURGED,
     "{?peer_removed}It waited on {label|the sender} for a handshake with peer {peer|of this "
     "packet} when that peer was removed"},
    {VerdictId::TX_STAGED_PURGED,
     "It waited on {label|the sender} for a handshake with peer {peer|of this packet} that never "
     "came"},
    {VerdictId::TX_WAITING,
     "It waits on {label|the sender} for a handshake with peer {peer|of this packet}, which "
     "{label|the sender} has tried for {tried_s} s"},
    {VerdictId::TX_WAITING,
     "It waits on {label|the sender} for a handshake with peer {peer|of this packet}"},
    {VerdictId::TX_PEER_DEAD,
     "Peer {peer|of this packet} was just being removed on {label|the sender}"},
    {VerdictId::TX_QUEUE_FULL,
     "The send queue of peer {peer|of this packet} on {label|the sender} was full (1024): packets "
     "come faster than they are encrypted"},
    {VerdictId::TX_RING_FULL,
     "The encryption queue of {iface|the interface} on {label|the sender} was full (1024): "
     "packets come faster than they are encrypted"},
    {VerdictId::TX_ENCRYPT_FAILED,
     "{label|the sender} could not encrypt it (no memory, or in too many pieces); what was sent "
     "in one go with it died too"},
    {VerdictId::TX_NO_ENDPOINT_FAMILY,
     "The endpoint of peer {peer|of this packet} was gone when {label|the sender} wanted to send"},
    {VerdictId::TX_NO_SOCKET,
     "{iface|the interface} on {label|the sender} has no UDP socket: it is being taken down, or "
     "the namespace it was made in is gone"},
    {VerdictId::TX_NO_ROUTE,
     "{?EPERM}An IPsec policy on {label|the sender} blocks the encrypted packet to {to|the "
     "endpoint} of peer {peer|of this packet}"},
    {VerdictId::TX_NO_ROUTE,
     "{?EACCES}A route or a routing rule on {label|the sender} prohibits the encrypted packet to "
     "{to|the endpoint} of peer {peer|of this packet}"},
    {VerdictId::TX_NO_ROUTE,
     "{label|the sender} has no route to the endpoint {to_address} of peer {peer|of this packet}"},
    {VerdictId::TX_NO_ROUTE,
     "{label|the sender} has no route to the endpoint of peer {peer|of this packet}"},
    {VerdictId::TX_LOOP,
     "Loop: the encrypted packet to {to|the endpoint} was routed back into {iface|the tunnel}"},
    {VerdictId::OUTER_OUT,
     "{label|the sender} encrypted it and dropped it on the way out: {words}"},
    {VerdictId::OUTER_OUT,
     "{label|the sender} encrypted it and dropped it on the way out, and the kernel gave no "
     "reason"},

    {VerdictId::NETWORK_LOST,
     "{?fragment_missing}It was cut into fragments: the first one reached {rx|the receiver}, "
     "another one did not"},
    {VerdictId::NETWORK_LOST,
     "It left {tx|the sender}, never reached the receiver, and neither side lost "
     "records: it died in between"},
    {VerdictId::NETWORK_REJECTED,
     "{?port_unreachable}{router} answered that UDP port {to_port} of {to_address} is closed"},
    {VerdictId::NETWORK_REJECTED,
     "{?admin_prohibited}{router} answered that its rules forbid it: a firewall"},
    {VerdictId::NETWORK_REJECTED,
     "{?host_prohibited}{router} answered that its rules forbid it: a firewall"},
    {VerdictId::NETWORK_REJECTED,
     "{?net_prohibited}{router} answered that its rules forbid it: a firewall"},
    {VerdictId::NETWORK_REJECTED,
     "{?ttl_exceeded}{router} answered that it has passed too many routers: a loop on the way to "
     "{to_address}, or a TTL that is set too low"},
    {VerdictId::NETWORK_REJECTED,
     "{?fragmentation_needed}{router} answered that it is too big: the next link takes {mtu} "
     "bytes"},
    {VerdictId::NETWORK_REJECTED,
     "{?packet_too_big}{router} answered that it is too big: the next link takes {mtu} bytes"},
    {VerdictId::NETWORK_REJECTED,
     "{?fragmentation_needed_filtered}{router} answered that the next link takes {mtu|fewer} "
     "bytes, and {tx|the sender} itself drops that answer, so it never learns it"},
    {VerdictId::NETWORK_REJECTED,
     "{?packet_too_big_filtered}{router} answered that the next link takes {mtu|fewer} bytes, and "
     "{tx|the sender} itself drops that answer, so it never learns it"},
    {VerdictId::NETWORK_REJECTED, "{?net_unreachable}{router} has no route to {to_address}"},
    {VerdictId::NETWORK_REJECTED, "{?no_route}{router} has no route to {to_address}"},
    {VerdictId::NETWORK_REJECTED,
     "{?host_unreachable}{router} answered that {to_address} does not answer it"},
    {VerdictId::NETWORK_REJECTED,
     "{?address_unreachable}{router} answered that {to_address} does not answer it"},
    {VerdictId::NETWORK_REJECTED,
     "{router}, on the way to {to|the receiver}, refused the outer packet with an ICMP error"},
    {VerdictId::NETWORK_REJECTED,
     "A router on the way to {to|the receiver} refused the outer packet with an ICMP error"},

    {VerdictId::OUTER_IN,
     "It reached {label|the receiver}, which dropped it before WireGuard: {words}"},
    {VerdictId::OUTER_IN,
     "It reached {label|the receiver}, which dropped it before WireGuard, and the kernel gave no "
     "reason"},
    {VerdictId::RX_MALFORMED,
     "{?bad_type}It reached WireGuard on {label|the receiver}, but is no WireGuard message: none "
     "has its type"},
    {VerdictId::RX_MALFORMED,
     "{?bad_length}It reached WireGuard on {label|the receiver}, but is shorter or longer than a "
     "WireGuard message of its type can be"},
    {VerdictId::RX_MALFORMED,
     "{?reserved_bytes}It reached WireGuard on {label|the receiver}, but its reserved bytes, the "
     "three after the type, are not zero, and the kernel's WireGuard refuses that"},
    {VerdictId::RX_MALFORMED,
     "It reached WireGuard on {label|the receiver}, but is no WireGuard message (wrong type or "
     "length)"},
    {VerdictId::RX_NO_DEVICE,
     "{iface|the interface} on {label|the receiver} was just closing its socket"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{?rekeyed}{label|the receiver} has replaced session {index|of this packet} by a newer one, "
     "and {tx|the sender} still uses the old one"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{?restarted}{iface|the interface} on {label|the receiver} was taken down, and its sessions "
     "with it; {tx|the sender} still uses session {index|of before}"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{?peer_removed}{label|the receiver} has removed peer {peer|that it came from}, and its "
     "session {index|of this packet} with it"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{?expired}{label|the receiver} wiped session {index|of this packet}: no handshake for 9 "
     "minutes"},
    {VerdictId::RX_UNKNOWN_INDEX,
     "{label|the receiver} has no session {index|with that index}, and none of its last ones had "
     "it: somebody's junk, or a session of long ago that {tx|the sender} still uses"},
    {VerdictId::RX_SESSION_DYING,
     "{label|the receiver} was just giving up the session {index|that it belongs to}"},
    {VerdictId::RX_PEER_DEAD,
     "Peer {peer|of this packet} was just being removed on {label|the receiver}"},
    {VerdictId::RX_QUEUE_FULL,
     "The receive queue of peer {peer|of this packet} on {label|the receiver} was full (1024): "
     "packets come faster than they are decrypted"},
    {VerdictId::RX_RING_FULL,
     "The decryption queue of {iface|the interface} on {label|the receiver} was full (1024): "
     "packets come faster than they are decrypted"},
    {VerdictId::RX_KEY_EXPIRED,
     "The session {index|that it belongs to} is older than 180 s on {label|the receiver}, which "
     "therefore no longer takes it"},
    {VerdictId::RX_AUTH_FAILED,
     "{label|the receiver} could not authenticate it: altered on the way, encrypted with another "
     "key, or forged"},
    {VerdictId::RX_NO_MEMORY,
     "{?too_many_fragments}It came to {label|the receiver} in more IP fragments than WireGuard "
     "takes"},
    {VerdictId::RX_NO_MEMORY, "{label|the receiver} had no memory left to decrypt it"},
    {VerdictId::RX_REPLAY,
     "{?too_old}{label|the receiver} is more than 8128 packets past number {counter|of this one}: "
     "it came too late to tell it from a replay"},
    {VerdictId::RX_REPLAY,
     "{?duplicate}{label|the receiver} already had number {counter|of this one}: the network "
     "delivered it twice"},
    {VerdictId::RX_REPLAY, "{label|the receiver} already had this packet, or it came too late"},
    {VerdictId::RX_BAD_INNER,
     "{?not_ip}{label|the receiver} decrypted it, but what was inside is neither an IPv4 nor an "
     "IPv6 packet"},
    {VerdictId::RX_BAD_INNER,
     "{?bad_length}{label|the receiver} decrypted it, but the IP packet inside says that it is "
     "longer than what came, or shorter than its own header"},
    {VerdictId::RX_BAD_INNER,
     "{label|the receiver} decrypted it, but what was inside is no valid IP packet"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{label} decrypted it, then refused its source {src}: that address belongs to peer "
     "{src_owner} ({src_owner_net}), but peer {peer} sent it"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{?src_allowed_now}{label} decrypted it, then refused its source {src}: at that moment it "
     "was not in the AllowedIPs of peer {peer}"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{label} decrypted it, then refused its source {src}: not in the AllowedIPs of peer {peer} "
     "({allowed})"},
    {VerdictId::RX_DISALLOWED_SOURCE,
     "{label|the receiver} decrypted it, then refused its source {src|address}: not in the "
     "AllowedIPs of peer {peer|that sent it}"},
    {VerdictId::INNER_IN,
     "{label|the receiver} decrypted and accepted it, then its own stack dropped it: {words}"},
    {VerdictId::INNER_IN,
     "{label|the receiver} decrypted and accepted it, then its own stack dropped it, and the "
     "kernel gave no reason"},
};

}  // namespace

std::string message_for(VerdictId verdict, const Facts& facts) {
  for (const MessageRow& row : kMessages)
    if (row.verdict == verdict)
      if (auto text = fill_sentence(row.text, facts)) return *std::move(text);
  return event::verdict_id(verdict);
}

}  // namespace wgt::explain
