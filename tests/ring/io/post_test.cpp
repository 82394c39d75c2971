// SPDX-License-Identifier: Apache-2.0
// inbox and reactor::post: messages from other threads arrive once, in order, and wake the sleeper.
#include <weir/coro/wait_point.hpp>
#include <weir/io/post.hpp>
#include <weir/io/run.hpp>
#include <weir/sync/event.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(post_test)

namespace {

class numbered final : public weir::inbox_message {
public:
    explicit numbered(std::vector<int>& seen, int number) noexcept : seen_(seen), number_(number) {}
    void run() noexcept override { seen_.push_back(number_); }

private:
    std::vector<int>& seen_;
    int number_;
};

class setter final : public weir::inbox_message {
public:
    explicit setter(weir::event& event) noexcept : event_(event) {}
    void run() noexcept override { event_.set(); }

private:
    weir::event& event_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_inbox_runs_messages_in_the_order_of_their_sender) {
    std::vector<int> seen;
    numbered a(seen, 1), b(seen, 2), c(seen, 3);
    weir::inbox inbox;
    BOOST_TEST(!inbox.push(a));
    BOOST_TEST(!inbox.push(b));
    BOOST_TEST(!inbox.push(c));
    inbox.drain();
    BOOST_TEST((seen == std::vector<int>{1, 2, 3}));
    BOOST_TEST(inbox.empty());
}

BOOST_AUTO_TEST_CASE(only_the_first_sender_after_falling_asleep_must_wake) {
    std::vector<int> seen;
    numbered a(seen, 1), b(seen, 2);
    weir::inbox inbox;
    BOOST_TEST(inbox.try_sleep());
    BOOST_TEST(inbox.push(a));
    BOOST_TEST(!inbox.push(b));
    inbox.woke();
    BOOST_TEST(!inbox.try_sleep());
    inbox.drain();
    BOOST_TEST(inbox.try_sleep());
}

BOOST_AUTO_TEST_CASE(a_post_from_a_plain_thread_wakes_a_sleeping_loop) {
    auto main = []() -> weir::task<> {
        for (int i = 0; i < 200; ++i) {
            weir::event arrived;
            setter message(arrived);
            weir::reactor& loop = weir::reactor::current();
            std::thread sender([&] { loop.post(message); });
            static_cast<void>(co_await arrived.wait());
            sender.join();
        }
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_loop_may_end_by_the_message_that_is_still_being_posted) {
    for (int i = 0; i < 200; ++i) {
        std::thread sender;
        auto main = [&]() -> weir::task<> {
            weir::event arrived;
            setter message(arrived);
            weir::reactor& loop = weir::reactor::current();
            sender = std::thread([&loop, &message] { loop.post(message); });
            static_cast<void>(co_await arrived.wait());
        };
        weir::reactor_options options;
        options.sq_entries = 64;
        options.cq_entries = 256;
        weir::run(main(), options);
        sender.join();
    }
}

BOOST_AUTO_TEST_CASE(the_own_loop_may_post_to_itself) {
    auto main = []() -> weir::task<> {
        weir::event arrived;
        setter message(arrived);
        weir::reactor::current().post(message);
        BOOST_TEST(!arrived.is_set());
        static_cast<void>(co_await arrived.wait());
    };
    weir::run(main());
}

BOOST_AUTO_TEST_SUITE_END()
