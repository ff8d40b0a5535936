// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/http_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <string>
#include <vector>

#include "wgtools/base/unique_fd.h"

namespace wgt::app {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

std::uint16_t free_port() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof(at);
  ::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), size);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

// The server in a process of its own, with room for so many descriptors.
class HttpServer : public testing::Test {
 protected:
  void start(rlim_t descriptors) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      // Whoever runs the tests may have left descriptors open: they would count.
      constexpr int kReady = 3;
      ::dup2(ends[1], kReady);
      ::close_range(kReady + 1, ~0U, 0);
      const rlimit most{descriptors, descriptors};
      ::setrlimit(RLIMIT_NOFILE, &most);
      const Page page{"/metrics", "text/plain",
                      [] { return Result<std::string>("all is well\n"); }};
      const auto served =
          serve({*parse_ip("127.0.0.1"), port_, 0}, page, [] { (void)!::write(kReady, "", 1); });
      ::_exit(served ? 0 : 1);
    }
    ::close(ends[1]);
    char ready = 0;
    ASSERT_EQ(::read(ends[0], &ready, 1), 1);
    ::close(ends[0]);
  }

  ~HttpServer() override {
    if (pid_ <= 0) return;  // -1 would mean every process
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  UniqueFd connect() const {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in at = loopback(port_);
    const timeval patience{5, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof(at)), 0);
    return socket;
  }

  std::string get() const {
    const UniqueFd socket = connect();
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n";
    ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    std::string answer;
    char bytes[1024];
    for (ssize_t n = 0; (n = ::recv(socket.get(), bytes, sizeof(bytes), 0)) > 0;)
      answer.append(bytes, static_cast<std::size_t>(n));
    return answer;
  }

  double cpu_seconds() const {
    clockid_t clock{};
    timespec used{};
    ::clock_getcpuclockid(pid_, &clock);
    ::clock_gettime(clock, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }

  pid_t pid_ = -1;
  const std::uint16_t port_ = free_port();
};

TEST_F(HttpServer, IdleConnectionsShutNobodyOut) {
  start(256);
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 40; i++) idle.push_back(connect());
  EXPECT_NE(get().find("all is well"), std::string::npos);
}

TEST_F(HttpServer, WithoutDescriptorsItWaitsAndServesAgain) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan reads an object's vptr through a pipe: without descriptors none is valid";
#endif
  start(12);
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 12; i++) idle.push_back(connect());
  const double before = cpu_seconds();
  EXPECT_NE(get().find("all is well"), std::string::npos);
  idle.clear();
  EXPECT_NE(get().find("all is well"), std::string::npos);
  EXPECT_LT(cpu_seconds() - before, 0.5);
}

}  // namespace
}  // namespace wgt::app
