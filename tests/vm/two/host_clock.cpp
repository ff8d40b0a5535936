// SPDX-License-Identifier: GPL-2.0-only
// The clock of the machine that two guests run on, in a page that both can read: the truth about
// how far their clocks are apart. Not installed.
//   host_clock write FILE     keep CLOCK_MONOTONIC in it, until killed
//   host_clock read           in a guest, by its ivshmem device: once a second a line
//                             of ns: CLOCK_MONOTONIC here - there, here, and CLOCK_REALTIME -
//                             CLOCK_MONOTONIC here
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace {

std::int64_t now(clockid_t clock = CLOCK_MONOTONIC) {
  timespec ts{};
  clock_gettime(clock, &ts);
  return std::int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}

std::atomic<std::int64_t>* map_page(const std::string& path, int protection) {
  const int fd = open(path.c_str(), (protection & PROT_WRITE) != 0 ? O_RDWR : O_RDONLY);
  if (fd < 0) return nullptr;
  void* page = mmap(nullptr, 4096, protection, MAP_SHARED, fd, 0);
  return page == MAP_FAILED ? nullptr : static_cast<std::atomic<std::int64_t>*>(page);
}

[[noreturn]] void keep(std::atomic<std::int64_t>& shared) {
  constexpr timespec kPause{0, 50'000};
  while (true) {
    shared.store(now(), std::memory_order_release);
    nanosleep(&kPause, nullptr);
  }
}

// What is read was true a while ago: the smallest of many differences is the truth.
std::int64_t smallest_difference(const std::atomic<std::int64_t>& shared) {
  std::int64_t smallest = INT64_MAX;
  for (const std::int64_t end = now() + 100'000'000; now() < end;) {
    const std::int64_t there = shared.load(std::memory_order_acquire);
    const std::int64_t here = now();
    if (here - there < smallest) smallest = here - there;
  }
  return smallest;
}

std::int64_t wall_minus_mono() {
  std::int64_t best = 0;
  std::int64_t shortest = INT64_MAX;
  for (int i = 0; i < 100; i++) {
    const std::int64_t before = now();
    const std::int64_t wall = now(CLOCK_REALTIME);
    const std::int64_t took = now() - before;
    if (took >= shortest) continue;
    shortest = took;
    best = wall - before - took / 2;
  }
  return best;
}

std::string ivshmem_memory() {
  const std::string root = "/sys/bus/pci/devices/";
  DIR* devices = opendir(root.c_str());
  while (const dirent* entry = devices != nullptr ? readdir(devices) : nullptr) {
    std::string id;
    std::ifstream(root + entry->d_name + "/device") >> id;
    if (id != "0x1110") continue;
    std::ofstream(root + entry->d_name + "/enable") << 1;
    return root + entry->d_name + "/resource2";
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool writes = argc == 3 && std::strcmp(argv[1], "write") == 0;
  const std::string path = writes ? argv[2] : ivshmem_memory();
  auto* shared = map_page(path, writes ? PROT_READ | PROT_WRITE : PROT_READ);
  if (shared == nullptr) {
    std::perror(("host_clock: map " + path).c_str());
    return 1;
  }
  if (writes) keep(*shared);
  while (true) {
    const std::int64_t difference = smallest_difference(*shared);
    std::printf("%lld %lld %lld\n", static_cast<long long>(difference),
                static_cast<long long>(now()), static_cast<long long>(wall_minus_mono()));
    std::fflush(stdout);
    sleep(1);
  }
}
