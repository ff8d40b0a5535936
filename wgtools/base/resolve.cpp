// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <span>
#include <thread>

namespace wgt {
namespace {

// What a request of getaddrinfo_a() points into, for as long as it may be under way.
struct Request {
  std::string name;
  addrinfo hints{};
  gaicb block{};

  explicit Request(std::string of) : name(std::move(of)) {
    hints.ai_socktype = SOCK_DGRAM;
    block.ar_name = name.c_str();
    block.ar_request = &hints;
  }
};

void read_addresses(const addrinfo* found, std::vector<IpAddress>& into) {
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    IpAddress address;
    if (a->ai_family == AF_INET) {
      const auto* in = reinterpret_cast<const sockaddr_in*>(a->ai_addr);
      address = make_ipv4(std::span<const std::uint8_t, 4>(
          reinterpret_cast<const std::uint8_t*>(&in->sin_addr), 4));
    } else if (a->ai_family == AF_INET6) {
      const auto* in6 = reinterpret_cast<const sockaddr_in6*>(a->ai_addr);
      address = make_ipv6(std::span<const std::uint8_t, 16>(in6->sin6_addr.s6_addr));
    }
    if (address.version != 0 && std::ranges::find(into, address) == into.end())
      into.push_back(address);
  }
}

// Not gai_suspend(): where a request ends just when its time is over (glibc 2.36 writes the result
// before it takes the lock), the waiter on that call's stack stays in the request's list, and the
// library's thread writes through it.
void wait_for_all(const std::vector<gaicb*>& blocks, std::chrono::steady_clock::time_point end) {
  constexpr std::chrono::milliseconds kLongestPause{10};
  std::chrono::milliseconds pause{1};
  const auto under_way = [](gaicb* block) { return ::gai_error(block) == EAI_INPROGRESS; };
  while (std::ranges::any_of(blocks, under_way) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

Resolved read(std::unique_ptr<Request> request) {
  Resolved result{.name = request->name};
  const int state = ::gai_error(&request->block);
  if (state == EAI_INPROGRESS && ::gai_cancel(&request->block) != EAI_CANCELED) {
    result.timed_out = true;
    (void)request.release();  // a thread of the C library still writes there
  } else if (state == EAI_INPROGRESS) {
    result.timed_out = true;
  } else if (state != 0) {
    result.error = ::gai_strerror(state);
  } else {
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(request->block.ar_result,
                                                                     &::freeaddrinfo);
    read_addresses(owned.get(), result.addresses);
  }
  return result;
}

}  // namespace

std::vector<Resolved> resolve(const std::vector<std::string>& names,
                              std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::vector<std::unique_ptr<Request>> requests;
  std::vector<gaicb*> blocks;
  for (const std::string& name : names) {
    requests.push_back(std::make_unique<Request>(name));
    blocks.push_back(&requests.back()->block);
  }
  const auto count = static_cast<int>(blocks.size());
  std::vector<Resolved> results;
  if (count == 0) return results;
  if (const int error = ::getaddrinfo_a(GAI_NOWAIT, blocks.data(), count, nullptr); error != 0) {
    for (const std::string& name : names)
      results.push_back({.name = name, .error = ::gai_strerror(error)});
    return results;
  }
  wait_for_all(blocks, end);
  for (auto& request : requests) results.push_back(read(std::move(request)));
  return results;
}

}  // namespace wgt
