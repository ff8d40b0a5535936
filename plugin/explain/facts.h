// SPDX-License-Identifier: GPL-2.0-only
// What can be said about a path, by the names that the tables of words use. A fact that is not
// known has no entry.
//
//   host, label, iface, peer, index, counter   the side that the verdict is about
//   tx, rx                                     the two ends, as people call them
//   src, dst, src_host_net, proto, service     the inner packet
//   to, to_address, to_port, from              the outer packet
//   dev, key, netns, …                         parts of commands: only real names, whole keys
#pragma once

#include "plugin/explain/path_view.h"
#include "plugin/explain/text_template.h"
#include "wgtools/wg/device.h"

namespace wgt::explain {

// The side that a verdict is about, where the commands of its advice are to be run. The network
// and the unknown are the sender's to look into.
const Side* side_of(const PathView& path, VerdictId verdict);

// device: the interface of that side as it is configured now; may be null.
Facts gather_facts(const PathView& path, VerdictId verdict, const wg::Device* device);

}  // namespace wgt::explain
