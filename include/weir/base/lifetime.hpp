// SPDX-License-Identifier: Apache-2.0
// WEIR_LIFETIMEBOUND marks a parameter that the result refers to, so that clang can warn when
// the result outlives it. g++ has no such attribute and ignores the mark.
#pragma once

#if defined(__clang__)
#define WEIR_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define WEIR_LIFETIMEBOUND
#endif
