// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/run.h"

int main(int argc, char** argv) { return wgt::cli::run({argv + 1, argv + argc}); }
