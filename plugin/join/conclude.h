// SPDX-License-Identifier: GPL-2.0-only
// The records of one path and what is known around them become its verdict.
#pragma once

#include "plugin/join/assign.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/knowledge.h"

namespace wgt::join {

// What makes its verdict of a path whose packet left and came: the same, without copies.
void conclude_pair(JoinedPath& path, const Knowledge& knowledge);

JoinedPath conclude(const PathRecords& records, const Knowledge& knowledge);

}  // namespace wgt::join
