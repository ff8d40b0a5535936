// SPDX-License-Identifier: GPL-2.0-only
#include <charconv>
#include <sstream>

#include "plugin/app/health.h"
#include "plugin/app/http_server.h"
#include "plugin/cli/target.h"
#include "plugin/sink/prometheus/prometheus.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/kernel_caps.h"

namespace wgt::cli {

namespace {

Result<Endpoint> parse_address(const std::string& text) {
  const auto wrong =
      make_error(Errc::kInvalid,
                 "--prometheus " + text + ": say ADDRESS:PORT, as 127.0.0.1:9588 or [::1]:9588");
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = parse_ip(host);
  Endpoint endpoint;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (!address || error != std::errc{} || stop != end || endpoint.port == 0) return wrong;
  endpoint.address = *address;
  return endpoint;
}

}  // namespace

Result<ExitCode> run_export(const Arguments& arguments) {
  if (!arguments.words.empty())
    return usage_error("export takes no words: it is about every traced interface");
  if (!arguments.prometheus) return usage_error("say where, with --prometheus ADDRESS:PORT");
  WGT_TRY(const Endpoint at, parse_address(*arguments.prometheus));
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  const app::Page page{.path = "/metrics",
                       .content_type = "text/plain; version=0.0.4; charset=utf-8",
                       .make = [&]() -> Result<std::string> {
                         WGT_TRY(const auto health,
                                 app::health(pins, std::nullopt, app::kHealthWindow));
                         std::ostringstream text;
                         sink::prometheus(text, health.interfaces, health.lost);
                         return text.str();
                       }};
  WGT_TRY_VOID(
      app::serve(at, page, [&] { sink::say("listening … http://" + to_string(at) + "/metrics"); }));
  return ExitCode::kDone;
}

}  // namespace wgt::cli
