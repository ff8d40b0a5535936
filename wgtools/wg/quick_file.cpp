// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/quick_file.h"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "wgtools/wg/quick_value.h"
#include "wgtools/wg/secret.h"

namespace wgt::wg {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kKeyCharacters = 44;
constexpr std::size_t kMaybeSecret = 20;  // characters of base64 in a row

enum class Section : std::uint8_t { kNone, kInterface, kPeer };
constexpr const char* kSectionNames[] = {"", "[Interface]", "[Peer]"};

// isspace() of the C locale; and NUL, which bash leaves out.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

// A misspelt or glued line may well be a key's.
bool may_be_secret(std::string_view text) {
  std::size_t in_a_row = 0;
  for (const char c : text) {
    in_a_row = is_base64(c) ? in_a_row + 1 : 0;
    if (in_a_row >= kMaybeSecret) return true;
  }
  return false;
}

class Parser {
 public:
  explicit Parser(QuickFile& file) : file_(file) {}

  // without_spaces: of the same line, up to a comment.
  void line(std::string_view text, std::string_view without_spaces) {
    number_++;
    if (without_spaces.empty() || taken_by_wg_quick(text)) return;
    if (same_word(without_spaces, "[Interface]")) {
      section_ = Section::kInterface;
    } else if (same_word(without_spaces, "[Peer]")) {
      section_ = Section::kPeer;
      file_.peers.emplace_back().line = number_;
      has_key_.push_back(false);
    } else {
      option(without_spaces);
    }
  }

  void end() {
    for (std::size_t i = 0; i < file_.peers.size(); i++) {
      if (has_key_[i]) continue;
      number_ = file_.peers[i].line;
      refuse("[Peer]", "has no PublicKey");
    }
    std::erase_if(file_.peers, [](const QuickPeer& peer) { return is_zero(peer.public_key); });
    std::ranges::stable_sort(file_.problems, {}, &QuickProblem::line);
    if (file_.problems.size() > kMostProblems) file_.problems.resize(kMostProblems);
  }

 private:
  using Take = void (Parser::*)(std::string_view value);
  struct Option {
    const char* name;
    Section section;
    Take take;
  };
  static const Option kOptions[8];

  void refuse(std::string_view word, std::string why) {
    if (file_.problems.size() > 2 * kMostProblems) return;
    if (may_be_secret(word)) {
      const std::string_view name = word.substr(0, word.find('='));
      word = may_be_secret(name) ? "(not shown)" : name;
    }
    std::string shown(word.substr(0, kMostWordBytes));
    std::ranges::replace_if(
        shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    file_.problems.push_back({number_, std::move(shown), std::move(why)});
  }

  // parse_options of wg-quick: these never reach `wg`. Its [Interface] has no spaces inside.
  bool taken_by_wg_quick(std::string_view text) {
    text = text.substr(0, text.find('#'));
    const auto equals = text.find('=');
    const std::string_view name = trim(text.substr(0, equals));
    const std::string_view value =
        trim(equals == std::string_view::npos ? text : text.substr(equals + 1));
    if (name.starts_with('[')) of_wg_quick_ = same_word(name, "[Interface]");
    if (!of_wg_quick_) return false;
    constexpr const char* kNames[] = {"Address", "MTU",    "DNS",      "Table",     "PreUp",
                                      "PreDown", "PostUp", "PostDown", "SaveConfig"};
    if (std::ranges::none_of(kNames, [&](const char* known) { return same_word(name, known); }))
      return false;
    if (same_word(name, "Table")) file_.table = value.substr(0, kMostWordBytes);
    if (same_word(name, "SaveConfig") && !same_word(value, "true") && !same_word(value, "false"))
      refuse(value.empty() ? name : value, "is neither true nor false");
    return true;
  }

  static std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
  }

  void option(std::string_view without_spaces);

  void listen_port(std::string_view value) {
    const auto port = parse_port(value);
    if (!port) return refuse(value, "is no port (ListenPort)");
    file_.listen_port = port->number;
  }
  void fwmark(std::string_view value) {
    file_.fwmark = parse_fwmark(value);
    if (!file_.fwmark) refuse(value, "is neither off nor 0 to 0xffffffff (FwMark)");
  }
  void private_key(std::string_view value) {
    SecretKey key;
    if (!decode(value, key)) return refuse_key("PrivateKey", value);
    PublicKey own;
    file_.public_key.reset();
    if (sodium_is_zero(key.data(), SecretKey::kBytes) == 0 &&
        crypto_scalarmult_base(own.bytes.data(), key.data()) == 0)
      file_.public_key = own;
  }
  void public_key(std::string_view value) {
    const auto key = parse_public_key(value);
    has_key_.back() = true;  // one that is none is told where it stands
    if (!key) return refuse_key("PublicKey", value);
    peer().public_key = *key;
  }
  void preshared_key(std::string_view value) {
    SecretKey key;
    if (!decode(value, key)) return refuse_key("PresharedKey", value);
    peer().has_preshared_key = sodium_is_zero(key.data(), SecretKey::kBytes) == 0;
  }
  void allowed_ips(std::string_view list) {
    while (true) {
      const auto comma = list.find(',');
      const std::string_view text = list.substr(0, comma);
      if (const auto prefix = parse_prefix(text))
        peer().allowed_ips.push_back(*prefix);
      else
        return text.empty() ? refuse("AllowedIPs", "has an empty entry")
                            : refuse(text, "is no address range (AllowedIPs)");
      if (comma == std::string_view::npos) return;
      list.remove_prefix(comma + 1);
    }
  }
  void endpoint(std::string_view value) {
    auto parsed = parse_endpoint(value);
    if (!parsed) return refuse(value, "is no host and port (Endpoint)");
    peer().endpoint_host = std::move(parsed->host);
    peer().endpoint_port = parsed->port.number.value_or(0);
  }
  void keepalive(std::string_view value) {
    const auto seconds = parse_keepalive(value);
    if (!seconds) return refuse(value, "is neither off nor 1 to 65535 (PersistentKeepalive)");
    peer().persistent_keepalive_s = *seconds;
  }

  void refuse_key(const char* name, std::string_view value) {
    refuse(name, value.size() == kKeyCharacters
                     ? "is no key: its base64 is damaged"
                     : "is no key: " + std::to_string(value.size()) + " characters, not 44");
  }

  static bool decode(std::string_view text, SecretKey& key) {
    std::size_t bytes = 0;
    return text.size() == kKeyCharacters &&
           sodium_base642bin(key.data(), SecretKey::kBytes, text.data(), text.size(), nullptr,
                             &bytes, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           bytes == SecretKey::kBytes;
  }

  // Of options of [Peer] only.
  QuickPeer& peer() { return file_.peers.back(); }

  QuickFile& file_;
  Section section_ = Section::kNone;
  bool of_wg_quick_ = false;
  std::uint32_t number_ = 0;
  std::vector<bool> has_key_;  // of each of file_.peers
};

constexpr Parser::Option Parser::kOptions[8] = {
    {"ListenPort", Section::kInterface, &Parser::listen_port},
    {"FwMark", Section::kInterface, &Parser::fwmark},
    {"PrivateKey", Section::kInterface, &Parser::private_key},
    {"PublicKey", Section::kPeer, &Parser::public_key},
    {"PresharedKey", Section::kPeer, &Parser::preshared_key},
    {"AllowedIPs", Section::kPeer, &Parser::allowed_ips},
    {"Endpoint", Section::kPeer, &Parser::endpoint},
    {"PersistentKeepalive", Section::kPeer, &Parser::keepalive},
};

void Parser::option(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = equals == 0 ? text : text.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  if (text.starts_with(kByteOrderMark))
    return refuse("EF BB BF", "is a byte order mark: save the file without one");
  if (section_ == Section::kNone) return refuse(name, "stands before any section");
  for (const Option& known : kOptions) {
    if (known.section != section_ || !same_word(name, known.name)) continue;
    if (value.empty()) return refuse(name, "has no value");
    return (this->*known.take)(value);
  }
  refuse(name, std::string("is no option of ") + kSectionNames[static_cast<int>(section_)]);
}

}  // namespace

QuickFile parse_quick_file(std::string_view text) {
  QuickFile file;
  Parser parser(file);
  std::string without_spaces;
  without_spaces.reserve(text.size());  // never moved, so that nothing of a key stays elsewhere
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    without_spaces.clear();
    for (const char c : line.substr(0, line.find('#')))
      if (!is_space(c)) without_spaces += c;
    parser.line(line, without_spaces);
  }
  parser.end();
  without_spaces.resize(without_spaces.capacity());
  sodium_memzero(without_spaces.data(), without_spaces.size());
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
  const std::size_t bytes = std::fread(text.data(), 1, kMost, file.get());
  if (std::ferror(file.get()) != 0) {
    auto error = errno_error("read", path);
    sodium_memzero(text.data(), text.size());
    return error;
  }
  QuickFile parsed = parse_quick_file(std::string_view(text).substr(0, bytes));
  sodium_memzero(text.data(), text.size());
  return std::optional(std::move(parsed));
}

}  // namespace wgt::wg
