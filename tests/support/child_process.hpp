// SPDX-License-Identifier: Apache-2.0
// Runs a function in a process of its own, for what a test cannot do to its own: forbid system
// calls, drop privileges, end by a signal. The child's stderr is read by the parent.
//
// The child is this executable again, not a mere fork: a fork of a program with threads may only
// call exec, and the sanitizers insist on that. A `child_program` that finds its name in the
// environment runs before `main` and ends the process.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace weir::test {

/// What a child does; an object in the namespace of its test file.
class child_program {
public:
    using body = int (*)(const std::string& argument);

    /// @param name  unique in the executable. The int that `run` gives is the exit status.
    explicit child_program(const char* name, body run) : name_(name) {
        const char* wanted = std::getenv(name_variable);
        if (wanted == nullptr || std::string_view(wanted) != name) return;
        const char* argument = std::getenv(argument_variable);
        ::alarm(60);  // whatever hangs does not outlive the test
        std::exit(run(argument == nullptr ? "" : argument));
    }

    [[nodiscard]] std::string name_setting() const { return name_variable + ("=" + name_); }
    [[nodiscard]] static std::string argument_setting(const std::string& argument) {
        return argument_variable + ("=" + argument);
    }

private:
    static constexpr const char* name_variable = "WEIR_TEST_CHILD";
    static constexpr const char* argument_variable = "WEIR_TEST_CHILD_ARGUMENT";

    std::string name_;
};

class child_process {
public:
    explicit child_process(const child_program& program, const std::string& argument = {}) {
        std::string self = "/proc/self/exe";
        std::string name = program.name_setting();
        std::string with = child_program::argument_setting(argument);
        const std::array<char*, 2> arguments{self.data(), nullptr};
        const std::array<char*, 3> environment{name.data(), with.data(), nullptr};
        int ends[2];
        static_cast<void>(!::pipe2(ends, O_CLOEXEC));
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], STDERR_FILENO);
            ::execve(self.c_str(), arguments.data(), environment.data());
            ::_exit(127);
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
        std::array<char, 4096> buffer;
        const ssize_t size = ::read(stderr_, buffer.data(), buffer.size());
        if (size > 0) output_.append(buffer.data(), static_cast<std::size_t>(size));
        return size > 0;
    }

    pid_t pid_ = -1;
    int stderr_ = -1;
    std::string output_;
};

}  // namespace weir::test
