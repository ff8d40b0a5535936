// SPDX-License-Identifier: GPL-2.0-only
//
// The one place that takes secret keys out of the kernel, for one handshake of a paired session.
// device_dump.h, which everything else uses, never copies them. Needs CAP_NET_ADMIN; in the calling
// thread's network namespace.
#pragma once

#include <cstdint>

#include "wgtools/base/result.h"
#include "wgtools/wg/key.h"
#include "wgtools/wg/netlink_attr.h"
#include "wgtools/wg/secret.h"

namespace wgt::wg {

// Errors: kNotFound when the interface has no private key; as get_device().
Result<SecretKey> read_private_key(std::uint32_t ifindex);

// All zero when there is none. Errors: kNotFound when there is no such peer.
Result<SecretKey> read_preshared_key(std::uint32_t ifindex, const PublicKey& peer);

// Below: what needs no kernel. One message of the dump: true when the key was in it.
Result<bool> find_private_key(Bytes message, SecretKey& into);
Result<bool> find_preshared_key(Bytes message, const PublicKey& peer, SecretKey& into);

}  // namespace wgt::wg
