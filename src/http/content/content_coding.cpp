// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_coding.hpp>

#include "http/message/field_list.hpp"

#include <weir/http/message/error.hpp>

#include <array>
#include <cstddef>

namespace weir::http {
namespace {

constexpr std::array codings{content_coding::identity, content_coding::deflate,
                             content_coding::gzip};

constexpr std::size_t index_of(content_coding coding) noexcept {
    return static_cast<std::size_t>(coding);
}

std::optional<content_coding> coding_named(std::string_view name) noexcept {
    // "A recipient SHOULD consider "x-gzip" to be equivalent" (RFC 9110 8.4.1.3).
    if (equal_ignoring_case(name, "x-gzip")) return content_coding::gzip;
    for (const content_coding coding : codings) {
        if (equal_ignoring_case(name, name_of(coding))) return coding;
    }
    return std::nullopt;
}

/// A weight in thousandths: "0" or "1", and up to three digits after a dot.
std::optional<unsigned> thousandths(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return {};
    if (text.size() > 1 && text[1] != '.') return {};
    unsigned value = text[0] == '1' ? 1000 : 0;
    unsigned place = 100;
    for (const char digit : text.substr(text.size() > 1 ? 2 : 1)) {
        if (digit < '0' || digit > '9') return {};
        value += place * static_cast<unsigned>(digit - '0');
        place /= 10;
    }
    if (value > 1000) return {};
    return value;
}

/// The weight of an element whose name was taken off; 1 where there is none.
std::optional<unsigned> weight_of(std::string_view parameters) noexcept {
    if (parameters.empty()) return 1000;
    if (parameters.size() < 2 || (parameters[0] != 'q' && parameters[0] != 'Q')) return {};
    if (parameters[1] != '=') return {};
    return thousandths(parameters.substr(2));
}

/// What an Accept-Encoding says about each coding. Of several elements for one the first counts.
class wishes {
public:
    explicit wishes(const headers& asked) noexcept {
        field_list list(asked, "Accept-Encoding");
        while (auto element = list.next()) {
            const std::string_view name = take_until(*element, ';');
            if (const auto weight = weight_of(trimmed(*element))) note(name, *weight);
        }
    }

    /// 0 = not acceptable.
    [[nodiscard]] unsigned weight(content_coding coding) const noexcept {
        if (const auto& listed = listed_[index_of(coding)]) return *listed;
        if (others_) return *others_;
        return coding == content_coding::identity ? 1 : 0;  // it is refused by name only
    }

private:
    void note(std::string_view name, unsigned weight) noexcept {
        if (name == "*") {
            if (!others_) others_ = weight;
        } else if (const auto coding = coding_named(name)) {
            if (!listed_[index_of(*coding)]) listed_[index_of(*coding)] = weight;
        }
    }

    std::array<std::optional<unsigned>, codings.size()> listed_;
    std::optional<unsigned> others_;
};

}  // namespace

std::string_view name_of(content_coding coding) noexcept {
    switch (coding) {
        case content_coding::identity:
            return "identity";
        case content_coding::deflate:
            return "deflate";
        case content_coding::gzip:
            return "gzip";
    }
    return "identity";
}

std::optional<content_coding> accepted_coding(const headers& asked) noexcept {
    if (!asked.find("Accept-Encoding")) return content_coding::identity;
    const wishes all(asked);
    std::optional<content_coding> best;
    unsigned best_weight = 1;
    for (const content_coding coding : codings) {
        const unsigned weight = all.weight(coding);
        if (weight < best_weight) continue;
        best = coding;
        best_weight = weight;
    }
    return best;
}

result<content_coding> coding_of(const headers& fields) noexcept {
    field_list list(fields, "Content-Encoding");
    const auto first = list.next();
    if (!first) return content_coding::identity;
    const auto coding = coding_named(*first);
    if (!coding || list.next()) return fail(make_error_code(errc::unsupported_coding));
    return *coding;
}

}  // namespace weir::http
