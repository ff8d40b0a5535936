// SPDX-License-Identifier: GPL-2.0-only
// Makes recordings of two hosts of any length, with the true fates on stdout; see usage.
#include <array>
#include <boost/program_options.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <vector>

#include "bpf/abi/record.h"
#include "integration/bench/traffic.h"
#include "plugin/event/to_abi.h"
#include "plugin/source/recording/writer.h"

namespace wgt::bench {
namespace {

namespace po = boost::program_options;

// What sort and join get: key, time, addresses; one line a record.
void print_text(const event::Event& event, std::FILE* out) {
  const event::PacketEvent* packet = event::packet_of(event);
  if (packet == nullptr || !packet->key) return;
  std::fprintf(out, "%08x:%016llx %llu %s %s\n", packet->key->receiver_index,
               static_cast<unsigned long long>(packet->key->counter),
               static_cast<unsigned long long>(event::first_hop_ns(event)),
               to_string(packet->outer.src).c_str(), to_string(packet->outer.dst).c_str());
}

void print_fates(const Fates& fates, std::span<const std::uint64_t> records) {
  std::printf("{\"packets\":%llu,\"unwatched\":%llu,\"records\":[%llu,%llu],\"by_verdict\":{",
              static_cast<unsigned long long>(fates.packets),
              static_cast<unsigned long long>(fates.unwatched),
              static_cast<unsigned long long>(records[kHostA]),
              static_cast<unsigned long long>(records[kHostB]));
  const char* comma = "";
  for (const auto& [verdict, count] : fates.paths) {
    std::printf("%s\"%s\":%llu", comma, event::verdict_id(verdict),
                static_cast<unsigned long long>(count));
    comma = ",";
  }
  std::printf("}}\n");
}

Result<void> make(const TrafficOptions& options, const std::string& folder, bool text) {
  Traffic traffic(options);
  std::vector<recording::Writer> writers;
  std::array<std::FILE*, kHosts> texts = {};
  std::array<std::uint64_t, kHosts> ended = {};
  for (const Host host : {kHostA, kHostB}) {
    const std::string base = folder + (host == kHostA ? "/a" : "/b");
    WGT_TRY(recording::Writer writer, recording::Writer::create(base + ".wgt", traffic.host(host)));
    writers.push_back(std::move(writer));
    if (!text) continue;
    texts[host] = std::fopen((base + ".txt").c_str(), "we");
    if (texts[host] == nullptr) return errno_error("create", base + ".txt");
  }
  Result<void> written;
  const auto keep = [&written](Result<void> result) {
    if (written && !result) written = std::move(result);
  };
  const Fates fates =
      traffic.run({.event =
                       [&](Host host, const event::Event& event) {
                         const wgt_record record = event::to_abi(event);
                         keep(writers[host].add(std::as_bytes(std::span(&record, 1))));
                         if (texts[host] != nullptr) print_text(event, texts[host]);
                       },
                   .progress =
                       [&](Host host, std::uint64_t mono_ns) {
                         keep(writers[host].lost({mono_ns, {{"ring", 0}}}));
                         keep(writers[host].flush());
                         ended[host] = mono_ns;
                       }});
  for (const Host host : {kHostA, kHostB}) {
    keep(writers[host].close({ended[host], 0, 0, 0}));
    if (texts[host] != nullptr) std::fclose(texts[host]);
  }
  WGT_TRY_VOID(written);
  print_fates(fates, std::array{writers[kHostA].records(), writers[kHostB].records()});
  return {};
}

int run(int argc, char** argv) {
  TrafficOptions options;
  std::string folder;
  po::options_description known(
      "Usage: make-recordings FOLDER [options]\n\n"
      "Writes FOLDER/a.wgt and FOLDER/b.wgt, of two hosts, and prints the packets' fates as "
      "JSON.\n\n"
      "Options");
  const auto number = [](auto& value) { return po::value(&value)->default_value(value); };
  known.add_options()("packets", number(options.packets), "sent by both together")(
      "peers", number(options.peers), "tunnels, 1 to 1000")(
      "rate", number(options.rate), "packets a second")("loss", number(options.loss),
                                                        "share that the network loses")(
      "duplicates", number(options.duplicates), "share that arrives twice")(
      "drops", number(options.drops), "share that either end refuses")(
      "reordered", number(options.reordered), "share that comes late")(
      "reorder-ms", number(options.reorder_ms), "by so much at most")(
      "v6", number(options.v6), "share of IPv6 in the tunnel")("rekey-s", number(options.rekey_s),
                                                               "seconds that a session lasts")(
      "clocks-apart-s", number(options.clocks_apart_s), "between the times of day")(
      "begun-apart-s", number(options.begun_apart_s), "from the first recording to the second")(
      "seed", number(options.seed), "the same one makes the same files")(
      "text", "also FOLDER/a.txt and b.txt, for sort and join")("help,h", "show this text");
  po::options_description all;
  all.add(known).add_options()("folder", po::value(&folder));
  po::positional_options_description words;
  words.add("folder", 1);
  po::variables_map given;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(words).run(), given);
    po::notify(given);
  } catch (const po::error& error) {
    std::cerr << "make-recordings: " << error.what() << '\n';
    return 2;
  }
  if (given.contains("help")) {
    std::cout << known;
    return 0;
  }
  if (folder.empty() || options.peers == 0 || options.rate == 0) {
    std::cerr << "make-recordings: needs a folder, peers and a rate; try --help\n";
    return 2;
  }
  if (const auto made = make(options, folder, given.contains("text")); !made) {
    std::cerr << "make-recordings: " << made.error().text << '\n';
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace wgt::bench

int main(int argc, char** argv) { return wgt::bench::run(argc, argv); }
