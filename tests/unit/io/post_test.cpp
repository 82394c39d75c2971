// SPDX-License-Identifier: Apache-2.0
// inbox: each sender's order is kept, and a sleeping receiver is never left asleep.
#include <weir/io/post.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(post_test)

namespace {

class note final : public weir::inbox_message {
public:
    explicit note(std::vector<int>& log, int number) : log_(log), number_(number) {}
    void run() noexcept override { log_.push_back(number_); }

private:
    std::vector<int>& log_;
    int number_;
};

class deletes_itself final : public weir::inbox_message {
public:
    explicit deletes_itself(int& runs) : runs_(runs) {}
    void run() noexcept override {
        ++runs_;
        delete this;
    }

private:
    int& runs_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(messages_run_in_the_order_they_were_pushed) {
    std::vector<int> log;
    weir::inbox inbox;
    note one(log, 1);
    note two(log, 2);
    BOOST_TEST(!inbox.push(one));
    BOOST_TEST(!inbox.push(two));
    BOOST_TEST(!inbox.empty());
    inbox.drain();
    BOOST_TEST(inbox.empty());
    BOOST_TEST(log == (std::vector<int>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_may_destroy_itself) {
    int runs = 0;
    weir::inbox inbox;
    for (int i = 0; i < 3; ++i) static_cast<void>(inbox.push(*new deletes_itself(runs)));
    inbox.drain();
    BOOST_TEST(runs == 3);
}

BOOST_AUTO_TEST_CASE(only_the_first_sender_wakes_a_sleeper) {
    std::vector<int> log;
    weir::inbox inbox;
    note one(log, 1);
    note two(log, 2);
    BOOST_TEST(inbox.try_sleep());
    BOOST_TEST(inbox.push(one));
    BOOST_TEST(!inbox.push(two));
    BOOST_TEST(!inbox.try_sleep());
    inbox.drain();
    BOOST_TEST(inbox.try_sleep());
}

BOOST_AUTO_TEST_CASE(no_message_of_many_threads_is_lost_and_a_sleeper_is_always_woken) {
    constexpr int threads = 4;
    constexpr int each = 5000;
    weir::inbox inbox;
    std::atomic<bool> awake{true};
    std::array<std::vector<int>, threads> logs;
    std::vector<std::vector<std::unique_ptr<note>>> notes(threads);
    for (std::size_t t = 0; t < threads; ++t) {
        for (int i = 0; i < each; ++i) notes[t].push_back(std::make_unique<note>(logs[t], i));
    }
    std::vector<std::thread> senders;
    for (std::size_t t = 0; t < threads; ++t) {
        senders.emplace_back([&, t] {
            for (auto& message : notes[t]) {
                if (!inbox.push(*message)) continue;
                awake.store(true);
                awake.notify_one();
            }
        });
    }
    const auto received = [&] {
        std::size_t count = 0;
        for (const auto& log : logs) count += log.size();
        return count;
    };
    while (received() < threads * each) {
        inbox.drain();
        if (received() == threads * each) break;
        awake.store(false);
        if (inbox.try_sleep()) awake.wait(false);
        inbox.woke();
    }
    for (auto& sender : senders) sender.join();
    for (const auto& log : logs) {
        BOOST_TEST(std::is_sorted(log.begin(), log.end()));
        BOOST_TEST(log.size() == std::size_t{each});
    }
}

BOOST_AUTO_TEST_SUITE_END()
