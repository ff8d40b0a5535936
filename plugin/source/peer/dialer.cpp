// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/dialer.h"

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>

#include "plugin/source/peer/tcp.h"

namespace wgt::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The shell over there sees it: nothing that it could take for more than a name.
bool is_plain(const std::string& name) {
  return !name.empty() && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '=' || c == '+';
         });
}

}  // namespace

Result<Target> parse_target(const std::string& text, const std::string& interface) {
  constexpr std::string_view kSsh = "ssh:";
  if (!text.starts_with(kSsh)) {
    auto parsed = parse_host_port(text);
    if (!parsed) return with_context(parsed.error(), "--pair");
    return Target(*std::move(parsed));
  }
  SshTarget ssh{text.substr(kSsh.size()), interface};
  if (const auto slash = ssh.host.find('/'); slash != std::string::npos) {
    ssh.interface = ssh.host.substr(slash + 1);
    ssh.host.resize(slash);
  }
  if (ssh.host.empty() || ssh.host[0] == '-')
    return make_error(Errc::kInvalid, "--pair " + text + ": say ssh:HOST or ssh:HOST/IFACE");
  if (!is_plain(ssh.interface))
    return make_error(Errc::kInvalid, "--pair " + text + ": '" + ssh.interface +
                                          "' can't be passed through a shell");
  return Target(std::move(ssh));
}

std::string to_string(const Target& target) {
  if (const auto* ssh = std::get_if<SshTarget>(&target)) return "ssh:" + ssh->host;
  const auto& tcp = std::get<HostPort>(target);
  const bool v6 = tcp.host.find(':') != std::string::npos;
  return (v6 ? "[" + tcp.host + "]" : tcp.host) + ":" + std::to_string(tcp.port);
}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Dialer::dial(const Target& target, OnDialed on_dialed) {
  on_dialed_ = std::move(on_dialed);
  if (const auto* ssh = std::get_if<SshTarget>(&target))
    done(run_ssh(*ssh));
  else
    dial_tcp(std::get<HostPort>(target));
}

void Dialer::cancel() {
  on_dialed_ = nullptr;
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

void Dialer::done(Result<Dialed> result) {
  if (const OnDialed call = std::exchange(on_dialed_, nullptr)) call(std::move(result));
}

void Dialer::dial_tcp(const HostPort& target) {
  const std::string name = to_string(Target(target));
  resolver_.async_resolve(
      target.host, std::to_string(target.port),
      [this, name](const error_code& error, const tcp::resolver::results_type& found) {
        if (error == asio::error::operation_aborted) return;
        if (error) {
          done(make_error(Errc::kNotFound, "look up " + name + ": " + error.message()));
          return;
        }
        asio::async_connect(
            socket_, found, [this, name](const error_code& failed, const tcp::endpoint&) {
              if (failed == asio::error::operation_aborted) return;
              if (failed) {
                done(sys_error(failed.value(), "connect to", name));
                return;
              }
              auto taken = take_socket(std::move(socket_));
              if (taken)
                done(Dialed{std::move(taken->socket), taken->connection, {}});
              else
                done(make_error(Errc::kSystem, "connect to " + name + ": closed at once"));
            });
      });
}

Result<Dialed> Dialer::run_ssh(const SshTarget& target) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return errno_error("make", "a socket pair");
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  std::array<std::string, 8> words{
      "ssh", "-T", "--", target.host, "wg-trace", "listen", target.interface, "--stdio"};
  std::array<char*, words.size() + 1> arguments{};
  std::transform(words.begin(), words.end(), arguments.begin(),
                 [](std::string& word) { return word.data(); });

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
  // We ignore SIGPIPE; a child should not.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, "ssh", &actions, &attributes, arguments.data(), ::environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return sys_error(failed, "run", "ssh");
  return Dialed{std::move(ours), std::nullopt, Child(pid)};
}

}  // namespace wgt::session
