// SPDX-License-Identifier: Apache-2.0
// Runs a function in a forked child, for what a test cannot do to its own process: forbid system
// calls, drop privileges, end by a signal. The child's stderr is read by the parent.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

namespace weir::test {

class child_process {
public:
    /// Starts `body()`, whose int is the exit status.
    template <class F>
    explicit child_process(F body) {
        int ends[2];
        static_cast<void>(!::pipe2(ends, O_CLOEXEC));
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], STDERR_FILENO);
            // Boost.Test would go on with the next case in the child.
            for (const int fatal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) ::signal(fatal, SIG_DFL);
            ::alarm(30);  // whatever hangs does not outlive the test
            ::_exit(body());
        }
        ::close(ends[1]);
        stderr_ = ends[0];
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        if (pid_ > 0) static_cast<void>(wait());
        ::close(stderr_);
    }

    void signal(int number) const { ::kill(pid_, number); }

    /// Reads until `text` has appeared on the child's stderr; false when it ended without it.
    bool read_until(std::string_view text) {
        while (output_.find(text) == std::string::npos) {
            if (!read_some()) return false;
        }
        return true;
    }
    /// Waits for the end: the exit status, or minus the signal that ended it.
    int wait() {
        while (read_some()) {
        }
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    [[nodiscard]] const std::string& output() const noexcept { return output_; }

private:
    bool read_some() {
        char buffer[4096];
        const ssize_t size = ::read(stderr_, buffer, sizeof buffer);
        if (size > 0) output_.append(buffer, static_cast<std::size_t>(size));
        return size > 0;
    }

    pid_t pid_ = -1;
    int stderr_ = -1;
    std::string output_;
};

}  // namespace weir::test
