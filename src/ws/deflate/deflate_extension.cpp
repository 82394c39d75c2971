// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/deflate/deflate_extension.hpp>

#include "extension_list.hpp"

#include <weir/ws/protocol/error.hpp>

#include <algorithm>

namespace weir::ws {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr int rfc_min_window_bits = 8;

/// What one offer or answer says, whoever said it.
class deflate_terms {
public:
    bool server_forgets = false;     // server_no_context_takeover
    bool client_forgets = false;     // client_no_context_takeover
    std::optional<int> server_bits;  // server_max_window_bits=
    std::optional<int> client_bits;  // client_max_window_bits=
    bool asks_client_bits = false;   // client_max_window_bits, with or without a value
};

/// 8 ... 15 in its only form: no sign, no leading zero.
std::optional<int> window_bits_of(std::string_view text) noexcept {
    for (int bits = rfc_min_window_bits; bits <= max_window_bits; ++bits) {
        if (text == std::to_string(bits)) return bits;
    }
    return std::nullopt;
}

/// Notes a parameter; false = unknown, repeated or with a wrong value.
bool note(const extension_parameter& said, deflate_terms& terms) {
    const auto flag = [&said](bool& known) { return !said.value() && !std::exchange(known, true); };
    const auto bits = [&said](std::optional<int>& known) {
        if (!said.value() || known) return false;
        known = window_bits_of(*said.value());
        return known.has_value();
    };
    if (said.name() == "server_no_context_takeover") return flag(terms.server_forgets);
    if (said.name() == "client_no_context_takeover") return flag(terms.client_forgets);
    if (said.name() == "server_max_window_bits") return bits(terms.server_bits);
    if (said.name() != "client_max_window_bits") return false;
    if (std::exchange(terms.asks_client_bits, true)) return false;
    return !said.value() || bits(terms.client_bits);
}

std::optional<deflate_terms> terms_of(const extension& one) {
    deflate_terms terms;
    for (const extension_parameter& said : one.parameters()) {
        if (!note(said, terms)) return std::nullopt;
    }
    return terms;
}

std::string text_of(const deflate_terms& terms) {
    std::string text(extension_name);
    if (terms.server_forgets) text += "; server_no_context_takeover";
    if (terms.client_forgets) text += "; client_no_context_takeover";
    if (terms.server_bits) text += "; server_max_window_bits=" + std::to_string(*terms.server_bits);
    if (terms.asks_client_bits) text += "; client_max_window_bits";
    if (terms.client_bits) text += "=" + std::to_string(*terms.client_bits);
    return text;
}

int at_least_readable(int bits) noexcept { return std::max(bits, min_window_bits); }

std::optional<deflate_answer> answer_to(const deflate_terms& offer,
                                        const deflate_options& options) {
    const int server_bits =
        std::min(offer.server_bits.value_or(max_window_bits), options.send_window_bits());
    if (server_bits < min_window_bits) return std::nullopt;
    const int announced_bits = offer.client_bits.value_or(max_window_bits);
    const int client_bits = std::min(announced_bits, options.receive_window_bits());
    // Only who says that it can be told a window may be told one (RFC 7692 7.1.2.2).
    if (client_bits < announced_bits && !offer.asks_client_bits) return std::nullopt;

    deflate_terms answer;
    answer.server_forgets = offer.server_forgets || !options.keeps_send_context();
    answer.client_forgets = offer.client_forgets || !options.keeps_receive_context();
    if (server_bits < max_window_bits) answer.server_bits = server_bits;
    if (client_bits < announced_bits) {
        answer.asks_client_bits = true;
        answer.client_bits = client_bits;
    }
    const auto agreed = deflate_parameters(server_bits, at_least_readable(client_bits))
                            .keep_send_context(!answer.server_forgets)
                            .keep_receive_context(!answer.client_forgets);
    return deflate_answer(agreed, text_of(answer));
}

deflate_terms offer_of(const deflate_options& options) noexcept {
    deflate_terms offer;
    offer.server_forgets = !options.keeps_receive_context();
    offer.client_forgets = !options.keeps_send_context();
    if (options.receive_window_bits() < max_window_bits) {
        offer.server_bits = options.receive_window_bits();
    }
    offer.asks_client_bits = true;
    if (options.send_window_bits() < max_window_bits) {
        offer.client_bits = options.send_window_bits();
    }
    return offer;
}

/// What a client may do under `answer`; nullopt = it is none to `options`.
std::optional<deflate_parameters> agreed_by(const deflate_terms& answer,
                                            const deflate_options& options) noexcept {
    const int server_bits = answer.server_bits.value_or(max_window_bits);
    const int client_bits = answer.client_bits.value_or(options.send_window_bits());
    const bool is_no_answer = server_bits > options.receive_window_bits() ||
                              client_bits > options.send_window_bits() ||
                              (!options.keeps_receive_context() && !answer.server_forgets) ||
                              (answer.asks_client_bits && !answer.client_bits);
    if (is_no_answer) return std::nullopt;
    const int send_bits = client_bits < min_window_bits ? 0 : client_bits;
    return deflate_parameters(send_bits, at_least_readable(server_bits))
        .keep_send_context(options.keeps_send_context() && !answer.client_forgets)
        .keep_receive_context(!answer.server_forgets);
}

}  // namespace

std::optional<deflate_answer> accept_deflate(const http::headers& request,
                                             const deflate_options& options) {
    const auto offered = read_extensions(request);
    if (!offered) return std::nullopt;
    for (const extension& one : *offered) {
        if (one.name() != extension_name) continue;
        const auto terms = terms_of(one);
        if (!terms) continue;
        if (auto answer = answer_to(*terms, options)) return answer;
    }
    return std::nullopt;
}

std::string deflate_offer(const deflate_options& options) { return text_of(offer_of(options)); }

result<deflate_parameters> check_deflate(const http::headers& response,
                                         const std::optional<deflate_options>& offered) {
    if (response.count("Sec-WebSocket-Extensions") == 0) return deflate_parameters();
    const auto refused = [](handshake_errc error) { return fail(make_error_code(error)); };
    if (!offered) return refused(handshake_errc::extension_not_offered);
    const auto answered = read_extensions(response);
    if (!answered) return refused(handshake_errc::deflate_answer_mismatch);
    if (answered->empty()) return deflate_parameters();
    const auto is_ours = [](const extension& one) { return one.name() == extension_name; };
    if (!std::all_of(answered->begin(), answered->end(), is_ours)) {
        return refused(handshake_errc::extension_not_offered);
    }
    const auto terms = answered->size() == 1 ? terms_of(answered->front()) : std::nullopt;
    const auto agreed = terms ? agreed_by(*terms, *offered) : std::nullopt;
    if (!agreed) return refused(handshake_errc::deflate_answer_mismatch);
    return *agreed;
}

}  // namespace weir::ws
