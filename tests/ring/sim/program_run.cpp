// SPDX-License-Identifier: Apache-2.0
#include "program_run.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace weir::sim::test {

namespace {
/// How often a request that must end is waited for, before it counts as one that never does.
constexpr int most_waits = 1000;
constexpr std::chrono::microseconds pause_while_owed{10};
}  // namespace

std::vector<std::string> program_run::run(const program& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const step& now = steps[i];
        lines_.push_back(std::to_string(i) + " " + names_[now.operation] + " " +
                         std::to_string(now.which) + " " + std::to_string(now.other) + " " +
                         std::to_string(now.size));
        perform(now);
        collect();
    }
    clean_up();
    return std::move(lines_);
}

io_uring_sqe& program_run::take_sqe() {
    io_uring_sqe* sqe = system_.try_sqe();
    while (sqe == nullptr) {
        static_cast<void>(system_.enter(false, {}));
        sqe = system_.try_sqe();
    }
    return *sqe;
}

void program_run::cancel(unsigned operation, unsigned which) {
    if (requests_.empty()) return;
    auto target = requests_.begin();
    std::advance(target, static_cast<std::ptrdiff_t>(which % requests_.size()));
    ask(operation, [tag = target->first](io_uring_sqe& sqe, asked_request&) {
        ::io_uring_prep_cancel64(&sqe, tag, 0);
    });
}

void program_run::divide(asked_request& asked, std::size_t size, std::size_t count) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t part = i + 1 == count ? size - done : size / count;
        asked.pieces[i] = {asked.memory.data() + done, part};
        done += part;
    }
    asked.message.msg_iov = asked.pieces.data();
    asked.message.msg_iovlen = count;
}

std::string program_run::describe_bytes(const std::byte* data, std::size_t size) {
    std::uint64_t sum = 14695981039346656037U;
    for (std::size_t i = 0; i < size; ++i) {
        sum = (sum ^ static_cast<std::uint64_t>(data[i])) * 1099511628211U;
    }
    return std::to_string(size) + " bytes " + std::to_string(sum % 100'000);
}

std::optional<std::size_t> program_run::pick(unsigned number) const {
    if (open_.empty() || open_[number % open_.size()] < 0) return std::nullopt;
    return number % open_.size();
}

// --- answers ----------------------------------------------------------------------------------

void program_run::collect() {
    std::map<std::uint64_t, std::vector<std::string>> answers;
    int waits = 0;
    for (int quiet = 0; quiet < 2; ++quiet) {
        for (const int fd : open_) {
            if (fd >= 0) hurry(fd);
        }
        settle_(system_);
        const bool is_owed = waits_for_all() && !requests_.empty() && ++waits < most_waits;
        if (is_owed) std::this_thread::sleep_for(pause_while_owed);
        if (take_answers(answers) > 0 || is_owed) quiet = -1;
    }
    // Which of several requests is told first is nobody's business.
    for (const auto& [tag, texts] : answers) {
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (says_something(tag, texts, i)) note("#" + std::to_string(tag) + " " + texts[i]);
        }
    }
}

unsigned program_run::take_answers(std::map<std::uint64_t, std::vector<std::string>>& answers) {
    return system_.for_each_completion(4096, [&](const io_uring_cqe& each) {
        std::vector<std::string>& texts = answers[each.user_data];
        const auto found = requests_.find(each.user_data);
        if (found == requests_.end()) return texts.emplace_back("answered twice"), void();
        const bool more = (each.flags & IORING_CQE_F_MORE) != 0;
        texts.push_back(names_[found->second.operation] + (" " + describe(found->second, each)) +
                        (more ? " and goes on" : ""));
        if (!more) requests_.erase(found);
    });
}

/// A poll tells what is, so of several reports only a new one says anything.
bool program_run::says_something(std::uint64_t tag, const std::vector<std::string>& texts,
                                 std::size_t index) {
    const std::string& text = texts[index];
    if (!text.starts_with("poll_many")) return true;
    return index + 1 == texts.size() && std::exchange(reported_[tag], text) != text;
}

void program_run::clean_up() {
    const std::size_t told = lines_.size();
    for (const int fd : open_) {
        if (fd >= 0) before_closing(fd);
    }
    std::vector<std::uint64_t> left;
    for (const auto& each : requests_) left.push_back(each.first);
    for (const std::uint64_t each : left) {
        ask(0,
            [each](io_uring_sqe& sqe, asked_request&) { ::io_uring_prep_cancel64(&sqe, each, 0); });
    }
    collect();
    for (const int fd : open_) {
        if (fd >= 0) system_.close_now(fd);
    }
    // What a thread of the kernel has taken over ends late.
    for (int i = 0; i < most_waits && !requests_.empty(); ++i) collect();
    // Which of these ends is seen first is a race.
    lines_.resize(told);
    lines_.emplace_back("the end");
    if (!requests_.empty()) lines_.emplace_back("some requests never end");
}

}  // namespace weir::sim::test
