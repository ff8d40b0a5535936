// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/frames.h"

#include <algorithm>

namespace wgt::session {
namespace {

enum class Type : std::uint8_t {
  kHello = 1,
  kAsk = 2,
  kHost = 3,
  kRecords = 4,
  kProgress = 5,
  kPing = 6,
  kPong = 7,
  kBye = 8,
};

Frame read_hello(ByteReader& in) {
  Hello hello;
  in.copy_to(hello.proof);
  return hello;
}

Frame read_ask(ByteReader& in) {
  Ask ask;
  ask.sample = in.number<std::uint32_t>();
  const auto count = in.number<std::uint16_t>();
  if (ask.sample == 0 || count > kMaxInstructions) in.fail();
  for (unsigned i = 0; i < count && in.ok(); i++) {
    filter::Instruction instruction;
    instruction.code = in.number<std::uint16_t>();
    instruction.jt = in.number<std::uint8_t>();
    instruction.jf = in.number<std::uint8_t>();
    instruction.k = in.number<std::uint32_t>();
    ask.filter.push_back(instruction);
  }
  return ask;
}

Frame read_host(ByteReader& in, std::size_t length) {
  HostPart part;
  const auto more = in.number<std::uint8_t>();
  if (more > 1) in.fail();
  part.more = more == 1;
  const Bytes text = in.bytes(length - 1);
  part.text.assign(text.begin(), text.end());
  return part;
}

Frame read_progress(ByteReader& in) {
  Progress progress;
  progress.seen_until_ns = in.number<std::uint64_t>();
  progress.lost = in.number<std::uint64_t>();
  return progress;
}

Frame read_pong(ByteReader& in) {
  Pong pong;
  pong.t1 = in.number<std::uint64_t>();
  pong.t2 = in.number<std::uint64_t>();
  pong.t3 = in.number<std::uint64_t>();
  return pong;
}

struct ByeRow {
  ByeReason reason;
  const char* words;
};
constexpr ByeRow kByes[] = {
    {ByeReason::kDone, "it was stopped"},
    {ByeReason::kNotTraced, "its interface is not traced any more, or cannot be (listen says why)"},
    {ByeReason::kNotAPeer, "this host is not a peer of its interface any more"},
    {ByeReason::kTooManySessions, "it has too many sessions"},
};

Frame read_bye(ByteReader& in) {
  const Bye bye{static_cast<ByeReason>(in.number<std::uint8_t>())};
  if (std::none_of(std::begin(kByes), std::end(kByes),
                   [&](const ByeRow& row) { return row.reason == bye.reason; }))
    in.fail();
  return bye;
}

ByteVector begin(Type type) { return {static_cast<std::uint8_t>(type)}; }

}  // namespace

Result<Frame> decode_frame(Bytes frame) {
  ByteReader in(frame);
  const auto type = in.number<std::uint8_t>();
  Frame out;
  switch (static_cast<Type>(type)) {
    case Type::kHello:
      out = read_hello(in);
      break;
    case Type::kAsk:
      out = read_ask(in);
      break;
    case Type::kHost:
      if (frame.size() < 2) in.fail();
      if (in.ok()) out = read_host(in, frame.size() - 1);
      break;
    case Type::kRecords:
      if (in.ok()) out = Batch{in.bytes(frame.size() - 1)};
      break;
    case Type::kProgress:
      out = read_progress(in);
      break;
    case Type::kPing:
      out = Ping{in.number<std::uint64_t>()};
      break;
    case Type::kPong:
      out = read_pong(in);
      break;
    case Type::kBye:
      out = read_bye(in);
      break;
    default:
      in.fail();
  }
  if (!in.ok() || !in.empty())
    return make_error(Errc::kCorrupt, "a broken frame of type " + std::to_string(type));
  return out;
}

ByteVector encode(const Hello& hello) {
  ByteVector out = begin(Type::kHello);
  ByteWriter(out).bytes(hello.proof);
  return out;
}

ByteVector encode(const Ask& ask) {
  ByteVector out = begin(Type::kAsk);
  ByteWriter writer(out);
  writer.number(ask.sample);
  writer.number(static_cast<std::uint16_t>(ask.filter.size()));
  for (const filter::Instruction& in : ask.filter) {
    writer.number(in.code);
    writer.number(in.jt);
    writer.number(in.jf);
    writer.number(in.k);
  }
  return out;
}

ByteVector encode(const Progress& progress) {
  ByteVector out = begin(Type::kProgress);
  ByteWriter writer(out);
  writer.number(progress.seen_until_ns);
  writer.number(progress.lost);
  return out;
}

ByteVector encode(const Ping& ping) {
  ByteVector out = begin(Type::kPing);
  ByteWriter(out).number(ping.t1);
  return out;
}

ByteVector encode(const Pong& pong) {
  ByteVector out = begin(Type::kPong);
  ByteWriter writer(out);
  writer.number(pong.t1);
  writer.number(pong.t2);
  writer.number(pong.t3);
  return out;
}

ByteVector encode(const Bye& bye) {
  ByteVector out = begin(Type::kBye);
  out.push_back(static_cast<std::uint8_t>(bye.reason));
  return out;
}

std::vector<ByteVector> encode_host(std::string_view text) {
  constexpr std::size_t kPartBytes = kMaxFrameBytes - 2;
  std::vector<ByteVector> parts;
  do {
    const std::string_view piece = text.substr(0, kPartBytes);
    text.remove_prefix(piece.size());
    ByteVector part = begin(Type::kHost);
    part.push_back(text.empty() ? 0 : 1);
    part.insert(part.end(), piece.begin(), piece.end());
    parts.push_back(std::move(part));
  } while (!text.empty());
  return parts;
}

ByteVector begin_batch() { return begin(Type::kRecords); }

const char* bye_words(ByeReason reason) {
  for (const ByeRow& row : kByes)
    if (row.reason == reason) return row.words;
  return "for no known reason";
}

}  // namespace wgt::session
