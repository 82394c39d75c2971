// SPDX-License-Identifier: Apache-2.0
// program_run: puts a program to a kernel, step by step, and keeps what it answers as text. The
// same program is put to Linux and to the simulation; every line must be the same.
#pragma once

#include "io/kernel.hpp"
#include "step.hpp"

#include <weir/net/endpoint.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::sim::test {

/// Where a program runs.
class scene {
public:
    /// Lets the answers to what was asked arrive.
    using settle_function = void (*)(kernel& system);

    explicit scene(kernel& asked, settle_function wait, std::string where)
        : system(asked), settle(wait), folder(std::move(where)) {}

    kernel& system;
    settle_function settle;
    std::string folder;  ///< for files and unix sockets
};

class program_run {
public:
    /// `names` are those of the operations.
    explicit program_run(const scene& place, std::span<const char* const> names)
        : system_(place.system), settle_(place.settle), names_(names) {}
    program_run(const program_run&) = delete;
    program_run& operator=(const program_run&) = delete;
    virtual ~program_run() = default;

    /// What happened, a line each.
    [[nodiscard]] std::vector<std::string> run(const program& steps);

protected:
    /// A request under way, and the memory that it uses.
    class asked_request {
    public:
        explicit asked_request(unsigned what) : operation(what), memory(memory_bytes) {}
        unsigned operation;
        std::vector<std::byte> memory;
        net::endpoint target;
        std::array<std::byte, sizeof(sockaddr_storage)> name{};
        msghdr message{};
        std::array<iovec, 3> pieces{};
    };
    static constexpr std::size_t memory_bytes = 4096;

    virtual void perform(const step& now) = 0;
    /// What `answer` says, without what two kernels may say differently.
    [[nodiscard]] virtual std::string describe(const asked_request& asked,
                                               const io_uring_cqe& answer) = 0;
    /// Before answers are waited for.
    virtual void hurry(int fd) { static_cast<void>(fd); }
    /// Before the end of the program closes `fd`.
    virtual void before_closing(int fd) { static_cast<void>(fd); }
    /// Whether each request is answered without any other step.
    [[nodiscard]] virtual bool waits_for_all() const noexcept { return false; }

    /// Asks for `operation` as `fill(sqe, asked)` has it.
    template <class F>
    void ask(unsigned operation, F fill) {
        io_uring_sqe& sqe = take_sqe();
        asked_request& asked =
            requests_.emplace(++newest_tag_, asked_request(operation)).first->second;
        fill(sqe, asked);
        sqe.user_data = newest_tag_;
    }
    /// Asks for the end of some request.
    void cancel(unsigned operation, unsigned which);
    /// Divides the first `size` bytes of the request's memory among its pieces.
    static void divide(asked_request& asked, std::size_t size, std::size_t count);

    void note(const std::string& text) { lines_.push_back("  " + text); }
    void note_result(const char* what, int result) {
        note(std::string(what) + " " + std::to_string(result));
    }
    [[nodiscard]] static std::string describe_bytes(const std::byte* data, std::size_t size);

    /// The open descriptor that `number` names; none when there is none.
    [[nodiscard]] std::optional<std::size_t> pick(unsigned number) const;

    kernel& system_;
    std::vector<int> open_;  ///< in the order in which they came; -1 = closed

private:
    [[nodiscard]] io_uring_sqe& take_sqe();
    void collect();
    unsigned take_answers(std::map<std::uint64_t, std::vector<std::string>>& answers);
    [[nodiscard]] bool says_something(std::uint64_t tag, const std::vector<std::string>& texts,
                                      std::size_t index);
    void clean_up();

    scene::settle_function settle_;
    std::span<const char* const> names_;
    std::map<std::uint64_t, asked_request> requests_;
    std::map<std::uint64_t, std::string> reported_;  // by polls, last
    std::uint64_t newest_tag_ = 0;
    std::vector<std::string> lines_;
};

}  // namespace weir::sim::test
