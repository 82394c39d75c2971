// SPDX-License-Identifier: Apache-2.0
// blocked_signals: no signal reaches the calling thread, nor a thread that it starts meanwhile.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace weir {

/// Blocks every signal for as long as it lives, then restores the mask that it found.
class blocked_signals {
public:
    blocked_signals() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    blocked_signals(const blocked_signals&) = delete;
    blocked_signals& operator=(const blocked_signals&) = delete;
    ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

}  // namespace weir
