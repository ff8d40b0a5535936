// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/drop_reason.h"

namespace wgt::explain {
namespace {

// Where a row applies: to the packet in the tunnel, to the encrypted one around it, or one place.
enum Where : unsigned {
  kInnerOut = 1,
  kOuterOut = 2,
  kOuterIn = 4,
  kInnerIn = 8,
  kInner = kInnerOut | kInnerIn,
  kOuter = kOuterOut | kOuterIn,
  kAnywhere = kInner | kOuter,
};

struct ReasonRow {
  unsigned where;
  const char* name;
  const char* function;  // one of these, by spaces; null: any
  const char* words;
  const char* advice;   // null: none
  const char* command;  // null: none
};

constexpr const char* kFindRule = "nft list ruleset";
constexpr const char* kListening = "ss -lntu";
constexpr const char* kRouteInput =
    "ip_rcv_finish_core ip_rcv_finish ip_sublist_rcv ip_list_rcv_finish";

// The first row that can be filled applies (text_template.h).
constexpr ReasonRow kReasons[] = {
    {kInnerOut, "NETFILTER_DROP", nullptr, "dropped by a firewall rule (netfilter)",
     "Find the rule, in the output chain or, for forwarded packets, the forward chain. If one "
     "there "
     "only sets a mark, see whether a routing rule refuses that mark: ip rule.",
     kFindRule},
    {kOuterOut, "NETFILTER_DROP", nullptr, "dropped by a firewall rule (netfilter)",
     "Let UDP to {to|the endpoint} out; find the rule.", kFindRule},
    {kOuterIn, "NETFILTER_DROP", nullptr, "dropped by a firewall rule (netfilter)",
     "Let UDP port {to_port|of the interface} in; find the rule.", kFindRule},
    {kInnerIn, "NETFILTER_DROP", nullptr, "dropped by a firewall rule (netfilter)",
     "Find the rule, in the input chain or, for what lies behind {host|this host}, the forward "
     "chain.",
     kFindRule},
    {kOuterOut, "EPERM", nullptr, "refused by a firewall rule, most likely",
     "Let UDP to {to|the endpoint} out; find the rule.", kFindRule},

    // ip_error with this reason: forwarding is off on the device it came in by (route.c).
    {kInner, "IP_INADDRERRORS", "ip_error",
     "IPv4 forwarding is off (net.ipv4.ip_forward=0), and {dst|the destination} is not its own "
     "address",
     "If {host|this host} is meant to forward, turn it on.", "sysctl -w net.ipv4.ip_forward=1"},
    {kOuterIn, "IP_INADDRERRORS", "ip_error",
     "{to_address|the outer destination} is not its own address, and it does not forward", nullptr,
     nullptr},
    {kAnywhere, "IP_INADDRERRORS", "ip6_forward",
     "its source {src_never_forwarded} must not be forwarded", nullptr, nullptr},
    {kInner, "IP_INADDRERRORS", "ip6_forward",
     "IPv6 forwarding is off (net.ipv6.conf.all.forwarding=0), and {dst|the destination} is not "
     "its own address",
     "If {host|this host} is meant to forward, turn it on.",
     "sysctl -w net.ipv6.conf.all.forwarding=1"},
    {kAnywhere, "IP_INADDRERRORS", nullptr, "an address in it is not valid there", nullptr,
     nullptr},

    {kInnerIn, "IP_RPFILTER", nullptr,
     "reverse path filter: answers to {src|its source} would not go back through {iface|the "
     "interface}",
     "Route {src_host_net|its source} through {dev}, or make the filter loose.",
     "sysctl -w net/ipv4/conf/{dev}/rp_filter=2"},
    {kOuterIn, "IP_RPFILTER", nullptr,
     "reverse path filter: answers to {from|its source} would leave by another interface",
     "Make the filter loose.", "sysctl -w net.ipv4.conf.all.rp_filter=2"},
    {kAnywhere, "IP_RPFILTER", nullptr, "reverse path filter: its source is not routed back there",
     nullptr, nullptr},

    {kInner, "IP_INNOROUTES", nullptr, "no route to {dst|the destination}",
     "See what the routing says.", "ip route get {dst}"},
    {kInner, "IP_OUTNOROUTES", nullptr, "no route to {dst|the destination}",
     "See what the routing says.", "ip route get {dst}"},
    {kOuter, "IP_INNOROUTES", nullptr, "no route to {to_address|the outer destination}",
     "See what the routing says.", "ip route get {to_address}"},
    {kOuter, "IP_OUTNOROUTES", nullptr, "no route to {to_address|the outer destination}",
     "See what the routing says.", "ip route get {to_address}"},

    {kInnerIn, "NO_SOCKET", nullptr, "nothing listens on {service|its destination port}",
     "The tunnel is fine; start the service, or see what listens.", kListening},
    {kOuterIn, "NO_SOCKET", nullptr,
     "{?port_is_own}nothing listens on UDP port {to_port}, because {iface} is down",
     "Bring the interface up.", "ip link set {dev} up"},
    {kOuterIn, "NO_SOCKET", nullptr,
     "{?port_was_own}nothing listens on UDP port {to_port}, which was {iface}'s",
     "Is the interface down, or does it use another port now? See.", "wg show {dev} listen-port"},
    {kOuterIn, "NO_SOCKET", nullptr,
     "nothing listens on UDP port {to_port} ({iface} uses {listen_port})",
     "Give the sender the right port, or let {iface} listen on this one.",
     "wg set {dev} listen-port {to_port}"},
    {kOuterIn, "NO_SOCKET", nullptr, "nothing listens on UDP port {to_port|of the endpoint}",
     "Is the interface down, or does it use another port? See.", "wg show all listen-port"},

    {kInner, "PKT_TOO_BIG", nullptr, "larger ({len} bytes) than the MTU of the next link",
     "Normal while the sender learns the right size; if it goes on, its ICMP errors are lost: "
     "clamp TCP.",
     "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"},
    {kAnywhere, "PKT_TOO_BIG", nullptr, "larger than the MTU of the next link",
     "Lower the MTU of the WireGuard interface on the sending side.", nullptr},
    {kOuterIn, "FRAG_REASM_TIMEOUT", nullptr,
     "the outer packet was cut into fragments, and some never came",
     "Lower the MTU of the WireGuard interface on the sending side, so that nothing is "
     "fragmented.",
     nullptr},
    {kAnywhere, "FRAG_REASM_TIMEOUT", nullptr, "some of its fragments never came", nullptr,
     nullptr},
    {kAnywhere, "PKT_TOO_SMALL", nullptr, "shorter than its headers say", nullptr, nullptr},

    {kAnywhere, "NEIGH_FAILED", nullptr,
     "the next hop does not answer (ARP or neighbour discovery)", "See which neighbours answer.",
     "ip neigh"},
    {kAnywhere, "NEIGH_QUEUEFULL", nullptr,
     "the next hop has not answered yet (ARP or neighbour discovery), and the queue for it is full",
     "See which neighbours answer.", "ip neigh"},
    {kAnywhere, "NEIGH_CREATEFAIL", nullptr, "the neighbour table is full",
     "See which neighbours there are.", "ip neigh"},
    {kAnywhere, "NEIGH_DEAD", nullptr, "the next hop's neighbour entry was just being removed",
     nullptr, nullptr},
    {kAnywhere, "QDISC_DROP", nullptr, "a queueing discipline dropped it (full queue or shaping)",
     "See which one.", "tc -s qdisc show"},
    {kAnywhere, "CPU_BACKLOG", nullptr, "the CPU's input queue was full",
     "Packets come faster than they are handled: raise net.core.netdev_max_backlog, or spread "
     "the load (RPS).",
     nullptr},

    {kInner, "TC_INGRESS", nullptr, "a tc or BPF program on {iface|the interface} dropped it",
     "See which programs are there.", "bpftool net show"},
    {kInner, "TC_EGRESS", nullptr, "a tc or BPF program on {iface|the interface} dropped it",
     "See which programs are there.", "bpftool net show"},
    {kOuter, "TC_INGRESS", nullptr, "a tc or BPF program dropped it",
     "See which programs are there.", "bpftool net show"},
    {kOuter, "TC_EGRESS", nullptr, "a tc or BPF program dropped it",
     "See which programs are there.", "bpftool net show"},
    {kAnywhere, "XDP", nullptr, "an XDP program dropped it", "See which programs are there.",
     "bpftool net show"},
    {kAnywhere, "BPF_CGROUP_EGRESS", nullptr, "a BPF program of its cgroup dropped it",
     "See which programs are there.", "bpftool cgroup tree"},

    {kAnywhere, "SOCKET_RCVBUFF", nullptr,
     "the receiving program reads too slowly: its socket's buffer is full",
     "The tunnel is fine; see whose queue is full.", "ss -n -a -u -t -p"},
    {kAnywhere, "SOCKET_BACKLOG", nullptr,
     "the receiving program reads too slowly: its socket's backlog is full",
     "The tunnel is fine; see whose queue is full.", "ss -n -a -u -t -p"},
    {kAnywhere, "SOCKET_FILTER", nullptr, "the receiving socket's own filter refused it", nullptr,
     nullptr},
    {kAnywhere, "PROTO_MEM", nullptr, "the memory for all sockets of this protocol is used up",
     nullptr, nullptr},
    {kAnywhere, "NOMEM", nullptr, "no memory left for it", nullptr, nullptr},
    {kAnywhere, "UDP_CSUM", nullptr,
     "its UDP checksum is wrong: altered on the way, or by a NIC's offload", nullptr, nullptr},
    {kAnywhere, "TCP_CSUM", nullptr, "its TCP checksum is wrong", nullptr, nullptr},
    {kAnywhere, "ICMP_CSUM", nullptr, "its ICMP checksum is wrong", nullptr, nullptr},
    {kAnywhere, "IP_CSUM", nullptr, "its IP header checksum is wrong", nullptr, nullptr},
    {kAnywhere, "IP_INHDR", nullptr, "its IP header is not valid", nullptr, nullptr},
    {kInner, "IP_NOPROTO", nullptr, "nothing there handles IP protocol {proto}", nullptr, nullptr},
    {kAnywhere, "IP_NOPROTO", nullptr, "nothing there handles its IP protocol", nullptr, nullptr},
    {kInner, "IPV6DISABLED", nullptr, "IPv6 is turned off on {iface|the interface}", "Turn it on.",
     "sysctl -w net/ipv6/conf/{dev}/disable_ipv6=0"},
    {kAnywhere, "IPV6DISABLED", nullptr, "IPv6 is turned off", nullptr, nullptr},
    {kAnywhere, "OTHERHOST", nullptr, "its frame was meant for another host", nullptr, nullptr},
    {kAnywhere, "XFRM_POLICY", nullptr, "an IPsec policy refused it", "See the policies.",
     "ip xfrm policy"},
    {kAnywhere, "DEV_READY", nullptr, "the interface was not up", nullptr, nullptr},
    {kAnywhere, "QUEUE_PURGE", nullptr, "the queue that it waited in was emptied", nullptr,
     nullptr},
    {kAnywhere, "RECURSION_LIMIT", nullptr,
     "too many tunnels within each other: a routing loop, most likely", nullptr, nullptr},
    // Without a reason of the kernel's, the place says it.
    {kAnywhere, "NOT_SPECIFIED", "neigh_invalidate ndisc_error_report",
     "the next hop does not answer (ARP or neighbour discovery)", "See which neighbours answer.",
     "ip neigh"},
    // Also what a tunnel within this one sends, which hears of no size.
    {kInner, "NOT_SPECIFIED", "ip_fragment ip6_fragment",
     "larger ({len} bytes) than the MTU of {iface|the next link}, and it must not be cut into "
     "fragments",
     "Normal while the sender learns the right size; if it goes on, lower the MTU of what sends "
     "it, such as of a tunnel within {iface|this one}.",
     nullptr},
    // ip_route_input_slow: -EINVAL; what nobody joined is no drop (drops.bpf.h).
    {kInnerIn, "NOT_SPECIFIED", kRouteInput,
     "its source {src|address} is this host's own or one that no packet can come from (a martian)",
     "If it is this host's own packet, see where it is sent back.", "ip route get {src}"},
    {kOuterIn, "NOT_SPECIFIED", kRouteInput,
     "its source {from|address} is this host's own or one that no packet can come from (a martian)",
     nullptr, nullptr},
    {kAnywhere, "IP_LOCAL_SOURCE", nullptr, "its source is this host's own address (a martian)",
     nullptr, nullptr},
    {kAnywhere, "IP_INVALID_SOURCE", nullptr,
     "its source is an address that no packet can come from (a martian)", nullptr, nullptr},
    {kAnywhere, "IP_LOCALNET", nullptr, "it is from or to 127.0.0.0/8, which stays on a host",
     nullptr, nullptr},
    {kAnywhere, "IP_INVALID_DEST", nullptr, "no packet can be sent to its destination", nullptr,
     nullptr},
    {kInner, "NOT_SPECIFIED", "ip_forward", "its TTL was used up: a routing loop, or a traceroute",
     nullptr, nullptr},
    {kAnywhere, "NOT_SPECIFIED", nullptr, "the kernel gives no reason, only the place: {function}",
     nullptr, nullptr},
    {kAnywhere, "NOT_SPECIFIED", nullptr, "the kernel gives no reason", nullptr, nullptr},
};

unsigned where_of(VerdictId verdict) {
  switch (verdict) {
    case VerdictId::INNER_OUT:
      return kInnerOut;
    case VerdictId::OUTER_OUT:
      return kOuterOut;
    case VerdictId::OUTER_IN:
      return kOuterIn;
    case VerdictId::INNER_IN:
      return kInnerIn;
    default:
      return 0;
  }
}

bool is_one_of(std::string_view functions, std::string_view function) {
  const auto at = functions.find(function);
  if (function.empty() || at == std::string_view::npos) return false;
  const auto end = at + function.size();
  return (at == 0 || functions[at - 1] == ' ') &&
         (end == functions.size() || functions[end] == ' ');
}

std::optional<Advice> fill_advice(const ReasonRow& row, const Facts& facts,
                                  const Surroundings& around) {
  if (!row.advice) return std::nullopt;
  auto text = fill_sentence(row.advice, facts);
  if (!text) return std::nullopt;
  auto command = row.command ? fill_command(row.command, facts) : std::nullopt;
  if (command && harm_of(*command, around)) return std::nullopt;
  return Advice{.text = *std::move(text), .command = std::move(command)};
}

}  // namespace

std::string_view plain_function(std::string_view function) {
  return function.substr(0, function.find('.'));
}

DropReason explain_drop(VerdictId verdict, std::string_view name, std::string_view function,
                        const Facts& facts, const Surroundings& around) {
  const unsigned where = where_of(verdict);
  for (const ReasonRow& row : kReasons) {
    if ((row.where & where) == 0 || row.name != name) continue;
    if (row.function && !is_one_of(row.function, plain_function(function))) continue;
    if (auto words = fill_sentence(row.words, facts))
      return {.words = *std::move(words), .advice = fill_advice(row, facts, around)};
  }
  return {.words = std::string(name), .advice = std::nullopt};
}

}  // namespace wgt::explain
