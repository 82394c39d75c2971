// SPDX-License-Identifier: Apache-2.0
// Property: what a client makes of a response, its error and whether its connection may be used
// again do not depend on the split; of a head that was refused nothing is used.
#include "http/client/client_exchange.hpp"

#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;
using http::exchange_action;

class listener {
public:
    explicit listener(bool is_head)
        : exchange_(http::request_limits().max_request_line_bytes(200).max_headers_bytes(400), 3) {
        exchange_.begin(is_head);
        exchange_.request_sent();
    }

    /// False when nothing more may be fed.
    bool hear(std::string_view piece) {
        weir::bytes data = weir::as_bytes(piece);
        for (;;) {
            const std::size_t before = data.size();
            const auto action = exchange_.feed(data);
            taken += before - data.size();
            if (!action) {
                log.append("error ").append(action.error().message());
                return false;
            }
            if (*action == exchange_action::receive) {
                weir::fuzz::require(data.empty(), "whoever wants more has taken all");
                return true;
            }
            if (*action == exchange_action::complete) {
                log.append(exchange_.is_reusable() ? "again" : "over");
                return false;
            }
            note(*action);
        }
    }
    void hear_end() {
        const auto action = exchange_.end_of_stream();
        weir::fuzz::require(!exchange_.is_reusable(), "nothing follows the end of a stream");
        log.append(action ? "ended" : action.error().message());
    }

    std::string log;
    std::size_t taken = 0;

private:
    void note(exchange_action action) {
        if (action == exchange_action::body) log.append(weir::as_text(exchange_.piece()));
        if (action == exchange_action::proceed) log.append("proceed ");
        if (action != exchange_action::head) return;
        log.append(std::to_string(static_cast<unsigned>(exchange_.head().code()))).append(" ");
    }

    http::client_exchange exchange_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool is_head = data[0] == 'H';
    weir::fuzz::split_input input(data + 1, size - 1);
    listener whole(is_head);
    const bool goes_on = whole.hear(input.whole());
    if (goes_on) whole.hear_end();

    listener pieces(is_head);
    bool still = true;
    for (auto piece = input.next_piece(); still && !piece.empty(); piece = input.next_piece()) {
        still = pieces.hear(piece);
    }
    if (still) pieces.hear_end();
    const bool is_error = whole.log.find("error ") != std::string::npos;
    weir::fuzz::require(pieces.log == whole.log, "the same for any split");
    weir::fuzz::require(is_error || pieces.taken == whole.taken, "the same left-over bytes");
    return 0;
}
