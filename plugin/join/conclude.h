// SPDX-License-Identifier: GPL-2.0-only
// The records of one path and what is known around them become its verdict.
#pragma once

#include "plugin/join/assign.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/knowledge.h"

namespace wgt::join {

JoinedPath conclude(const PathRecords& records, const Knowledge& knowledge);

}  // namespace wgt::join
