// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/prometheus/prometheus.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "plugin/explain/handshake_view.h"
#include "plugin/explain/reason_name.h"
#include "plugin/sink/text/printable.h"

namespace wgt::sink {
namespace {

using health::InterfaceReport;
using health::PeerReport;
using Labels = std::vector<std::pair<const char*, std::string>>;

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text, true)) {
    if (c == '\\' || c == '"') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string shown(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// One metric: its head once, then its samples.
class Family {
 public:
  Family(std::ostream& out, const char* name, const char* type, const char* help)
      : out_(out), name_(name) {
    out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
  }
  void add(const Labels& labels, const std::string& value, const char* suffix = "") {
    out_ << name_ << suffix;
    const char* separator = "{";
    for (const auto& [label, text] : labels) {
      out_ << separator << label << "=\"" << escaped(text) << '"';
      separator = ",";
    }
    if (!labels.empty()) out_ << '}';
    out_ << ' ' << value << '\n';
  }
  void add(const Labels& labels, std::uint64_t value) { add(labels, std::to_string(value)); }

 private:
  std::ostream& out_;
  const char* name_;
};

// Two namespaces may both have a wg0.
Labels of_interface(const InterfaceReport& report) {
  Labels labels{{"interface", report.name}};
  if (report.netns) labels.emplace_back("netns", *report.netns);
  return labels;
}
Labels of_peer(const InterfaceReport& report, const PeerReport& peer) {
  Labels labels = of_interface(report);
  labels.emplace_back("public_key", wg::to_base64(peer.peer.public_key));
  return labels;
}
Labels with(Labels labels, const char* name, std::string value) {
  labels.emplace_back(name, std::move(value));
  return labels;
}

template <class Each>
void for_each_peer(std::span<const InterfaceReport> reports, Each each) {
  for (const InterfaceReport& report : reports)
    for (const PeerReport& peer : report.peers) each(of_peer(report, peer), peer);
}

// One sample for each verdict: Prometheus refuses the same labels twice.
void add_drops(Family& family, const Labels& labels, const std::vector<explain::DropRow>& rows) {
  std::map<std::string, std::uint64_t> by_verdict;
  for (const explain::DropRow& row : rows)
    if (row.verdict != event::VerdictId::UNKNOWN)
      by_verdict[event::verdict_id(row.verdict)] += row.count;
  for (const auto& [verdict, count] : by_verdict)
    family.add(with(labels, "verdict", verdict), count);
}

// The kernel side keeps powers of two and no sum: the middle of each bucket stands for what is in
// it. The first and the last bucket are open; the last is +Inf here.
void add_histogram(Family& family, const Labels& labels, const explain::Histogram& histogram) {
  std::uint64_t total = 0;
  double sum = 0;
  for (std::size_t b = 0; b < histogram.size(); b++) {
    const double start = b == 0 ? 0 : std::ldexp(1.0, static_cast<int>(b) + 8);
    const double end = std::ldexp(1.0, static_cast<int>(b) + 9);
    total += histogram[b];
    sum += static_cast<double>(histogram[b]) * (start + end) / 2;
    if (b + 1 < histogram.size())
      family.add(with(labels, "le", shown(end / 1e9)), std::to_string(total), "_bucket");
  }
  family.add(with(labels, "le", "+Inf"), std::to_string(total), "_bucket");
  family.add(labels, shown(sum / 1e9), "_sum");
  family.add(labels, std::to_string(total), "_count");
}

void traffic(std::ostream& out, std::span<const InterfaceReport> reports) {
  Family sent(out, "wireguard_sent_bytes_total", "counter",
              "Bytes handed to UDP for this peer, with handshakes and keepalives.");
  for_each_peer(reports,
                [&](const Labels& l, const PeerReport& p) { sent.add(l, p.peer.tx_bytes); });
  Family received(out, "wireguard_received_bytes_total", "counter",
                  "Bytes of authentic messages of this peer.");
  for_each_peer(reports,
                [&](const Labels& l, const PeerReport& p) { received.add(l, p.peer.rx_bytes); });
  Family handshake(out, "wireguard_latest_handshake_seconds", "gauge",
                   "When the latest handshake was, as UNIX time; 0: never.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    handshake.add(l, std::to_string(p.peer.last_handshake_unix_s));
  });
  Family info(out, "wireguard_peer_info", "gauge",
              "What changes about a peer and would split every other series; always 1.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    std::string allowed;
    for (const IpPrefix& prefix : p.peer.allowed_ips)
      allowed += (allowed.empty() ? "" : ",") + to_string(prefix);
    info.add(with(with(l, "endpoint", p.peer.endpoint ? to_string(*p.peer.endpoint) : ""),
                  "allowed_ips", allowed),
             1);
  });
}

void judged(std::ostream& out, std::span<const InterfaceReport> reports) {
  Family status(out, "wgtrace_peer_status", "gauge", "1 for the status that the peer has.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    for (const health::Status s : health::kStatuses)
      status.add(with(l, "status", health::status_name(s)), p.status == s ? 1 : 0);
  });
  Family finding(out, "wgtrace_finding", "gauge", "1 while wg-trace health has this finding.");
  for (const InterfaceReport& report : reports) {
    const auto add = [&](const Labels& labels, const std::vector<health::Finding>& findings) {
      std::map<std::string, health::Severity> severities;  // several of one kind are one series
      for (const health::Finding& f : findings) {
        const auto at = severities.try_emplace(f.id, f.severity).first;
        at->second = std::max(at->second, f.severity);
      }
      for (const auto& [id, severity] : severities)
        finding.add(with(with(labels, "id", id), "severity", health::severity_name(severity)), 1);
    };
    add(with(of_interface(report), "public_key", ""), report.findings);
    for (const PeerReport& peer : report.peers) add(of_peer(report, peer), peer.findings);
  }
}

void counted(std::ostream& out, std::span<const InterfaceReport> reports) {
  Family drops(out, "wgtrace_drops_total", "counter",
               "Packets dropped, by verdict; without a public key: no peer is known to be meant.");
  for (const InterfaceReport& report : reports) {
    add_drops(drops, with(of_interface(report), "public_key", ""), report.drops);
    for (const PeerReport& peer : report.peers) add_drops(drops, of_peer(report, peer), peer.drops);
  }
  Family handshakes(out, "wgtrace_handshakes_total", "counter",
                    "Results and steps of handshakes with this peer since it is traced.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    for (unsigned number = 1; number < event::kHsCount; number++) {
      const event::Hs what = event::known_hs(number);
      if (p.handshake_counts[what] != 0)
        handshakes.add(with(l, "result", event::hs_id(what)), p.handshake_counts[what]);
    }
  });
  Family moved(out, "wgtrace_peer_endpoint_changes_total", "counter",
               "Times the peer's endpoint was seen to have changed.");
  for_each_peer(reports,
                [&](const Labels& l, const PeerReport& p) { moved.add(l, p.endpoint_changes); });
  Family expected(out, "wgtrace_network_window_expected_packets", "gauge",
                  "Numbers of the newest session that the kernel's replay window spans.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    if (p.network_loss) expected.add(l, p.network_loss->expected);
  });
  Family lost(out, "wgtrace_network_window_lost_packets", "gauge",
              "Of those, the ones that did not arrive, or that the sender used up by itself.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    if (p.network_loss) lost.add(l, p.network_loss->lost);
  });
  Family trip(out, "wgtrace_handshake_round_trip_seconds", "gauge",
              "From our last initiation that was answered to its answer.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    if (p.rtt_ns) trip.add(l, shown(static_cast<double>(*p.rtt_ns) / 1e9));
  });
  Family latency(out, "wgtrace_stage_latency_seconds", "histogram",
                 "Time inside this host while watched: tx wg_xmit to outer_out, rx wg_receive to "
                 "delivered. The sum is an estimate.");
  for_each_peer(reports, [&](const Labels& l, const PeerReport& p) {
    if (p.tx.samples != 0) add_histogram(latency, with(l, "direction", "tx"), p.tx.histogram);
    if (p.rx.samples != 0) add_histogram(latency, with(l, "direction", "rx"), p.rx.histogram);
  });
}

}  // namespace

void prometheus(std::ostream& out, std::span<const InterfaceReport> reports,
                const std::map<std::string, std::uint64_t>& lost) {
  traffic(out, reports);
  judged(out, reports);
  counted(out, reports);
  Family records(out, "wgtrace_records_lost_total", "counter",
                 "Records that the kernel side could not write, by cause.");
  for (const auto& [cause, count] : lost) records.add({{"cause", cause}}, count);
}

}  // namespace wgt::sink
