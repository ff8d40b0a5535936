// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/quick_file.h"

#include <sodium.h>

#include <algorithm>
#include <boost/algorithm/string.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>

namespace wgt::wg {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void clear_host_bits(IpPrefix& prefix) {
  for (std::size_t i = 0; i < prefix.address.bytes.size(); i++) {
    const int bits = std::clamp(static_cast<int>(prefix.length) - static_cast<int>(i) * 8, 0, 8);
    prefix.address.bytes[i] &= static_cast<std::uint8_t>(0xff00U >> static_cast<unsigned>(bits));
  }
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::uint8_t longest = address->version == 4 ? 32 : 128;
  IpPrefix prefix{*address, longest};
  if (slash != std::string_view::npos) {
    const auto length = number<std::uint8_t>(text.substr(slash + 1));
    if (!length || *length > longest) return std::nullopt;
    prefix.length = *length;
  }
  clear_host_bits(prefix);
  return prefix;
}

void add_allowed_ips(QuickPeer& peer, std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (const auto prefix = parse_prefix(trim(list.substr(0, comma))))
      peer.allowed_ips.push_back(*prefix);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
}

void set_endpoint(QuickPeer& peer, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return;
  const auto port = number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  peer.endpoint_host = host;
  peer.endpoint_port = *port;
}

}  // namespace

QuickFile parse_quick_file(std::string_view text) {
  QuickFile file;
  QuickPeer* peer = nullptr;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    line = trim(line.substr(0, line.find('#')));
    if (line.starts_with('[')) {
      peer = boost::algorithm::iequals(line, "[peer]") ? &file.peers.emplace_back() : nullptr;
      continue;
    }
    const auto equals = line.find('=');
    if (!peer || equals == std::string_view::npos) continue;
    const std::string_view name = trim(line.substr(0, equals));
    const std::string_view value = trim(line.substr(equals + 1));
    if (boost::algorithm::iequals(name, "PublicKey")) {
      if (const auto key = parse_public_key(value)) peer->public_key = *key;
    } else if (boost::algorithm::iequals(name, "AllowedIPs")) {
      add_allowed_ips(*peer, value);
    } else if (boost::algorithm::iequals(name, "Endpoint")) {
      set_endpoint(*peer, value);
    }
  }
  std::erase_if(file.peers, [](const QuickPeer& p) { return is_zero(p.public_key); });
  return file;
}

Result<std::optional<QuickFile>> read_quick_file(std::string_view ifname) {
  const std::string path = "/etc/wireguard/" + std::string(ifname) + ".conf";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<QuickFile>{};
    return errno_error("read", path);
  }
  // Private keys pass through here: not kept in any buffer that we leave behind.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  constexpr std::size_t kMost = std::size_t{2} << 20U;
  std::string text(kMost, '\0');
  text.resize(std::fread(text.data(), 1, kMost, file.get()));
  QuickFile parsed = parse_quick_file(text);
  sodium_memzero(text.data(), text.size());
  return std::optional(std::move(parsed));
}

}  // namespace wgt::wg
