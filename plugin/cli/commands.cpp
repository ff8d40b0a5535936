// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "plugin/cli/command.h"

namespace wgt::cli {

namespace {

constexpr unsigned kLive = kNetns | kAll | kFor | kCount;

constexpr Command kCommands[] = {
    {"up", "IFACE", "start tracing a WireGuard interface",
     "Attaches BPF programs to the kernel's WireGuard and returns at once. From then\n"
     "on every drop of the interface is counted (wg-trace show), at almost no cost,\n"
     "until wg-trace down. Records of single packets are made only while somebody\n"
     "watches.\n"
     "An interface that is traced already stays as it is.\n\n"
     "  wg-trace up wg0\n"
     "  wg-trace -n red up wg0        # an interface of network namespace red\n",
     kNetns, run_up},
    {"down", "IFACE | --all", "stop tracing",
     "Detaches from the interface. With the last one every program, map and file of\n"
     "wg-trace leaves the kernel.\n\n"
     "  wg-trace down wg0\n"
     "  wg-trace down --all\n",
     kNetns | kAll, run_down},
    {"show", "[IFACE [dump]]", "peers, drops, latency and sessions of traced interfaces",
     "What wg show prints, and what was counted since wg-trace up: drops by verdict,\n"
     "latency, sessions. Without IFACE: every traced interface of this host.\n\n"
     "  wg-trace show\n"
     "  wg-trace show wg0 --json\n"
     "  wg-trace show wg0 dump        # for scripts: the columns of wg, and drops\n",
     kNetns | kJson | kColor, run_show},
    {"health", "[IFACE]", "is every tunnel up, and if not, why, and what to do",
     "A status for each peer and what is wrong with it, with evidence and the next\n"
     "step, the worst first: from what was counted since wg-trace up and what the\n"
     "kernel knows now, at once. Without IFACE: every traced interface of this host.\n"
     "A tunnel that nobody uses is idle, and healthy.\n\n"
     "Exit status, as monitoring plugins have it: 0 fine, 1 warning, 2 fault,\n"
     "3 cannot tell.\n\n"
     "  wg-trace health\n"
     "  wg-trace health wg0 --json\n"
     "  wg-trace health wg0 --since 2h\n",
     kNetns | kJson | kColor | kSince | kMonitors, run_health},
    {"check", "IFACE [DESTINATION]", "is the host set up for it: routes, sizes, settings, names",
     "Looks at what can be known without traffic and without tracing: where the\n"
     "kernel routes each AllowedIP and the encrypted packets, whether full packets\n"
     "fit, whether the wg-quick file and the kernel agree and its names still mean\n"
     "the same address, forwarding and rp_filter. With DESTINATION, an address:\n"
     "whether a packet for it would enter the tunnel, and which peer would get it.\n"
     "Says what it cannot know.\n\n"
     "Exit status as of health: 0 fine, 1 warning, 2 fault, 3 cannot tell.\n\n"
     "  wg-trace check wg0\n"
     "  wg-trace check wg0 192.168.50.2\n",
     kNetns | kJson | kColor | kMonitors, run_check},
    {"why", "DESTINATION [PORT]", "why can't I reach it: sends a probe and says where it died",
     "Finds the tunnel and the peer that an address is routed to, looks at what check\n"
     "and health know, sends ICMP echoes (with PORT: begins TCP connections), follows\n"
     "them and their answers through the tunnel, and gives one answer: the step, the\n"
     "cause, the next command; or that all is well, with the time of each stage. An\n"
     "interface that is not traced is traced meanwhile. With --pair the other end's\n"
     "half comes from wg-trace listen there; without it, what cannot be known is said.\n\n"
     "Exit status as of health: 0 fine, 1 warning, 2 fault, 3 cannot tell.\n\n"
     "  wg-trace why 10.0.0.7\n"
     "  wg-trace why git.example.net 443\n"
     "  wg-trace why 10.0.0.7 443 --pair b.example.net\n"
     "  wg-trace why 10.0.0.7 --df                # do large packets get through, too?\n",
     kNetns | kJson | kColor | kPair | kCount | kProbe | kMonitors, run_why},
    {"ping", "DESTINATION [PORT]", "the same, running: one line a probe, with its times",
     "What why does, a probe a second until Ctrl-C or --count: when its answer came,\n"
     "and how long it took on the way out, in the network and on the way in, there and\n"
     "back; of one that was not answered, where it died. Then a summary, and if not\n"
     "all was well the answer of why, with its exit status.\n\n"
     "  wg-trace ping 10.0.0.7\n"
     "  wg-trace ping 10.0.0.7 --pair b.example.net --count 10\n",
     kNetns | kJson | kColor | kPair | kCount | kProbe | kMonitors, run_ping},
    {"watch", "IFACE | --all [FILTER]", "print the path of each packet, live",
     "One line for each packet that went into the tunnel or came out of it; with -v\n"
     "its whole path, hop by hop, and for a drop what to do. With --all the interfaces\n"
     "of this host are joined with each other, in whatever namespace they are. With\n"
     "--pair the other end's records come over a session with wg-trace listen there.\n\n"
     "FILTER is a pcap filter on the inner packet, as in tcpdump.\n\n"
     "  wg-trace watch wg0\n"
     "  wg-trace watch wg0 --drops\n"
     "  wg-trace watch wg0 -v --count 1 tcp and dst port 443\n"
     "  wg-trace watch wg0 --handshakes\n"
     "  wg-trace watch --all --json --for 10 > paths.json\n"
     "  wg-trace watch wg0 --format pcapng | wireshark -k -i -\n"
     "  wg-trace watch wg0 --pair b.example.net\n"
     "  wg-trace watch wg0 --pair ssh:root@b.example.net\n",
     kLive | kHandshakes | kDrops | kVerbose | kStack | kJson | kFormat | kOutput | kColor | kPair |
         kSample,
     run_watch},
    {"listen", "IFACE", "let the peers of an interface watch its end, too",
     "Answers wg-trace watch --pair on the other end of a tunnel: a peer of this\n"
     "interface gets records (headers, times) of its own tunnel's packets, and nothing\n"
     "else. Who it is shows its WireGuard key; everything is encrypted. TCP, outside\n"
     "the tunnel, in this command's own network namespace. Traces only while a peer\n"
     "watches.\n\n"
     "  wg-trace listen wg0\n"
     "  wg-trace listen wg0 --bind 192.0.2.1\n",
     kNetns | kFor | kBind | kStdio, run_listen},
    {"record", "IFACE | --all -o FILE [FILTER]", "write what watch would see to a file",
     "Headers and times only: no payload, no keys. Record on both hosts, then join.\n\n"
     "  wg-trace record wg0 -o a.wgt --for 60\n",
     kLive | kStack | kOutput, run_record},
    {"join", "FILE...", "paths out of recordings of one or several hosts",
     "Joins the recordings by what stands in clear in every data message, so that each\n"
     "packet's path is whole, through NAT and with clocks that differ.\n\n"
     "  wg-trace join a.wgt b.wgt\n"
     "  wg-trace join a.wgt b.wgt --drops -v\n"
     "  wg-trace join a.wgt b.wgt --handshakes\n"
     "  wg-trace join a.wgt b.wgt --format pcapng -o paths.pcapng\n",
     kHandshakes | kDrops | kVerbose | kJson | kFormat | kOutput | kColor | kCount, run_join},
    {"export", "--prometheus ADDRESS", "metrics of all traced interfaces for Prometheus",
     "Answers GET /metrics with what health knows of every traced interface at that\n"
     "moment. Anybody who can reach the address can read it: public keys, endpoints\n"
     "and AllowedIPs are in it.\n\n"
     "  wg-trace export --prometheus 127.0.0.1:9588\n",
     kPrometheus, run_export},
    {"hooks", "", "what is attached where, and what cannot be told without it",
     "Each attach point in the kernel: how it is attached or why not, and which hops\n"
     "and verdicts that costs.\n",
     kJson | kColor, run_hooks},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                         [&](const Command& c) { return c.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace wgt::cli
