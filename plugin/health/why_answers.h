// SPDX-License-Identifier: GPL-2.0-only
// Answers of `why` that are no verdict's and no finding's, each with what is to be said.
#pragma once

#include <cstddef>

#include "plugin/health/answer.h"

namespace wgt::health {

Answer say_not_routed(const WhyFacts& facts);
// answers: so many probes were answered.
Answer say_answered(const WhyFacts& facts, std::size_t answers);
Answer say_loss(const WhyFacts& facts, std::size_t answers);
// They were taken out of the tunnel, and nothing was sent back.
Answer say_unanswered(const WhyFacts& facts);
// left: so many probes were sent, encrypted, and nothing more is known from here.
Answer say_other_end_unknown(const WhyFacts& facts, std::size_t left);
Answer say_not_seen(const WhyFacts& facts, std::size_t left);
// An ICMP error came back through the tunnel.
Answer say_rejected(const WhyFacts& facts, const ProbeRejection& rejection);
// It was not even sent: EMSGSIZE.
Answer say_too_big(const WhyFacts& facts);
// It was not even sent, and that was seen in no tunnel.
Answer say_not_sent(const WhyFacts& facts, const std::string& error);

}  // namespace wgt::health
