// SPDX-License-Identifier: Apache-2.0
// The one main function that every Boost.Test executable shares.
//
// SIGPIPE is ignored here because the tests also write through plain system calls, and a peer that
// has gone must be an error to them, not the end of the process.
#define BOOST_TEST_MODULE weir
#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

struct ignore_sigpipe {
    ignore_sigpipe() { std::signal(SIGPIPE, SIG_IGN); }
};

BOOST_TEST_GLOBAL_FIXTURE(ignore_sigpipe);

}  // namespace
