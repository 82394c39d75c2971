// SPDX-License-Identifier: Apache-2.0
#include "disturbance.hpp"

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test_log.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Sanitizers end the program without a signal. Null without one.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace weir::test {

using boost::unit_test::unit_test_log;

namespace {

constexpr unsigned longest_run_seconds = 60;
constexpr std::array<int, 5> deadly{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM};

constexpr std::array formats{boost::unit_test::OF_CLF, boost::unit_test::OF_XML,
                             boost::unit_test::OF_JUNIT};

bool disturbed = false;
std::array<char, 1000> last_words{};
std::array<struct sigaction, deadly.size()> before{};

void say_last_words() noexcept {
    if (!disturbed) return;
    disturbed = false;
    static_cast<void>(!::write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data())));
}

// Boost.Test would jump out of it and go on with the next test.
void die(int signal) noexcept {
    say_last_words();
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

void catch_signals() noexcept {
    struct sigaction ours{};
    ours.sa_handler = die;
    ours.sa_flags = SA_NODEFER;
    for (std::size_t i = 0; i < deadly.size(); ++i) ::sigaction(deadly[i], &ours, &before[i]);
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(say_last_words);
}

/// Evenly spread, all of them if they are few and quick.
std::vector<std::size_t> sample(std::size_t count, std::size_t affordable) {
    const std::size_t runs = std::min(count, std::max<std::size_t>(2, affordable));
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < runs; ++i) places.push_back(i * count / runs);
    return places;
}

/// A few hundred, if time allows; WEIR_DISTURBED_SECONDS gives each kind so long instead.
std::size_t affordable_runs(std::chrono::nanoseconds one_run, std::chrono::nanoseconds budget) {
    constexpr std::size_t usual = 200;
    const char* seconds = std::getenv("WEIR_DISTURBED_SECONDS");
    if (seconds == nullptr) return std::min(usual, static_cast<std::size_t>(budget / one_run));
    return static_cast<std::size_t>(std::chrono::seconds(std::atoi(seconds)) / one_run);
}

bool read_choice(disturbance& chosen) {
    const char* option = std::getenv("WEIR_DISTURBANCE");
    std::size_t place = 0;
    int error = 0;
    if (option == nullptr) return false;
    if (std::sscanf(option, "stop:%zu", &place) == 1) {
        chosen = disturbance::stop_before(place);
    } else if (std::sscanf(option, "fail:%zu:%d", &place, &error) == 2) {
        chosen = disturbance::failure_of(place, error);
    }
    return true;
}

}  // namespace

disturbance disturbance::stop_before(std::size_t step) noexcept {
    disturbance made;
    made.stop_at_ = step;
    return made;
}
disturbance disturbance::failure_of(std::size_t request, int error) noexcept {
    disturbance made;
    made.failing_request_ = request;
    made.error_ = error;
    return made;
}

std::string disturbance::to_text() const {
    if (fails_request()) {
        return "request " + std::to_string(failing_request_) + " failing with errno " +
               std::to_string(error_);
    }
    return stop_at_ == never ? "nothing" : "a stop before step " + std::to_string(stop_at_);
}
std::string disturbance::to_option() const {
    if (fails_request()) {
        return "fail:" + std::to_string(failing_request_) + ':' + std::to_string(error_);
    }
    return stop_at_ == never ? "none" : "stop:" + std::to_string(stop_at_);
}

std::vector<disturbance> disturbances(std::size_t steps, std::size_t requests,
                                      std::chrono::nanoseconds one_run,
                                      std::chrono::nanoseconds budget) {
    if (disturbance chosen; read_choice(chosen)) return {chosen};
    const std::size_t affordable = affordable_runs(one_run, budget);
    std::vector<disturbance> all;
    for (const std::size_t place : sample(steps + 1, affordable)) {
        all.push_back(disturbance::stop_before(place));
    }
    for (const std::size_t place : sample(requests, affordable)) {
        for (const int error : {ECONNRESET, ENOMEM}) {
            all.push_back(disturbance::failure_of(place + 1, error));
        }
    }
    return all;
}

bool is_disturbed() noexcept { return disturbed; }

unheard_checks::unheard_checks(const std::string& who) {
    for (std::size_t i = 0; i < formats.size(); ++i) {
        levels_[i] = unit_test_log.set_threshold_level(formats[i], boost::unit_test::log_nothing);
    }
    boost::unit_test::framework::deregister_observer(boost::unit_test::results_collector);
    std::snprintf(last_words.data(), last_words.size(), "%s\n", who.c_str());
    disturbed = true;
    catch_signals();
    ::alarm(longest_run_seconds);
}

unheard_checks::~unheard_checks() {
    ::alarm(0);
    for (std::size_t i = 0; i < deadly.size(); ++i) ::sigaction(deadly[i], &before[i], nullptr);
    disturbed = false;
    boost::unit_test::framework::register_observer(boost::unit_test::results_collector);
    for (std::size_t i = 0; i < formats.size(); ++i) {
        unit_test_log.set_threshold_level(formats[i], levels_[i]);
    }
}

}  // namespace weir::test
