// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/route_tree.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/headers.hpp>

#include <algorithm>
#include <utility>

namespace weir::http {
namespace {

constexpr std::size_t max_methods = 64;

/// What one segment of a pattern is.
enum class segment_kind : std::uint8_t { literal, parameter, rest };

struct pattern_segment {
    segment_kind kind = segment_kind::literal;
    std::string_view text;  // a literal, or the name
};

pattern_segment segment_of(std::string_view text) noexcept {
    pattern_segment segment;
    segment.text = text;
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
        WEIR_ASSERT(text.find_first_of("{}") == text.npos, "a parameter is a whole segment");
        WEIR_ASSERT(text != "." && text != "..", "a pattern has no dot segments");
        return segment;
    }
    segment.text = text.substr(1, text.size() - 2);
    segment.kind = segment_kind::parameter;
    if (segment.text.ends_with("...")) {
        segment.text.remove_suffix(3);
        segment.kind = segment_kind::rest;
    }
    WEIR_ASSERT(is_token(segment.text), "a parameter has a name");
    return segment;
}

}  // namespace

std::uint8_t route_tree::method_number(std::string_view method) {
    WEIR_ASSERT(is_token(method), "a method is a token");
    if (const auto known = known_method(method)) return *known;
    WEIR_ASSERT(methods_.size() < max_methods, "a router knows 64 methods");
    methods_.emplace_back(method);
    return static_cast<std::uint8_t>(methods_.size() - 1);
}

std::optional<std::uint8_t> route_tree::known_method(std::string_view method) const noexcept {
    const auto found = std::find(methods_.begin(), methods_.end(), method);
    if (found == methods_.end()) return std::nullopt;
    return static_cast<std::uint8_t>(found - methods_.begin());
}

std::uint32_t route_tree::literal_child(std::uint32_t of, std::string_view text) {
    auto& literals = nodes_[of].literals;
    const auto place = std::lower_bound(
        literals.begin(), literals.end(), text,
        [](const literal& each, std::string_view wanted) { return each.text < wanted; });
    if (place != literals.end() && place->text == text) return place->node;
    const auto added = static_cast<std::uint32_t>(nodes_.size());
    literals.insert(place, literal{std::string(text), added});
    nodes_.emplace_back();
    return added;
}

std::uint32_t route_tree::parameter_child(std::uint32_t of) {
    if (nodes_[of].parameter == none) {
        nodes_[of].parameter = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
    }
    return nodes_[of].parameter;
}

std::size_t route_tree::add(std::string_view method, std::string_view pattern) {
    WEIR_ASSERT(pattern.starts_with('/'), "a pattern begins with a slash");
    route added;
    added.pattern = pattern;
    std::uint32_t at = 0;
    for (std::size_t begin = 1; begin <= pattern.size();) {
        WEIR_ASSERT(!added.has_rest, "a rest stands at the end of its pattern");
        const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
        const pattern_segment segment = segment_of(pattern.substr(begin, end - begin));
        begin = end + 1;
        if (segment.kind == segment_kind::literal) {
            WEIR_ASSERT(!segment.text.empty() || begin > pattern.size(),
                        "a pattern has no empty segment, unless at its end");
            at = literal_child(at, segment.text);
            continue;
        }
        auto& names = added.names;
        WEIR_ASSERT(std::find(names.begin(), names.end(), segment.text) == names.end(),
                    "the parameters of a pattern have different names");
        names.emplace_back(segment.text);
        WEIR_ASSERT(names.size() <= max_parameters, "a pattern has at most 8 parameters");
        added.has_rest = segment.kind == segment_kind::rest;
        if (!added.has_rest) at = parameter_child(at);
    }
    auto& endpoints = added.has_rest ? nodes_[at].rests : nodes_[at].here;
    const std::uint8_t number = method_number(method);
    WEIR_ASSERT(std::none_of(endpoints.begin(), endpoints.end(),
                             [&](const endpoint& each) { return each.method == number; }),
                "two routes have the same method and the same shape");
    endpoints.push_back(endpoint{number, static_cast<std::uint32_t>(routes_.size())});
    routes_.push_back(std::move(added));
    return routes_.size() - 1;
}

route_match route_tree::find(std::string_view method, std::string_view target) const {
    route_match match(*this);
    if (method == "OPTIONS" && target == "*") {  // the server as a whole (RFC 9110 9.3.7)
        match.methods_ = methods_.size() == max_methods ? ~std::uint64_t{0}
                                                        : (std::uint64_t{1} << methods_.size()) - 1;
        match.outcome_ = route_outcome::options;
        return match;
    }
    auto path = request_path::parse(target);
    if (!path) {
        match.outcome_ = route_outcome::bad_path;
        return match;
    }
    match.path_ = *std::move(path);
    if (walk(0, 0, 0, method, match)) {
        match.outcome_ = route_outcome::found;
    } else if (match.methods_ != 0) {
        match.outcome_ =
            method == "OPTIONS" ? route_outcome::options : route_outcome::method_not_allowed;
    }
    return match;
}

// As deep as the deepest route, at most, and at each node once: its way there is the only one.
bool route_tree::walk(std::uint32_t at, std::size_t position, std::size_t parameters,
                      std::string_view method, route_match& match) const {
    const node& here = nodes_[at];
    if (position >= match.path_->end()) return choose(here.here, method, match);
    const std::string_view segment = match.path_->segment_at(position);
    const std::size_t behind = position + segment.size() + 1;
    const auto same = std::lower_bound(
        here.literals.begin(), here.literals.end(), segment,
        [](const literal& each, std::string_view wanted) { return each.text < wanted; });
    if (same != here.literals.end() && same->text == segment &&
        walk(same->node, behind, parameters, method, match)) {
        return true;
    }
    if (here.parameter == none && here.rests.empty()) return false;
    if (here.parameter != none && !segment.empty()) {
        match.begins_[parameters] = static_cast<std::uint32_t>(position);
        if (walk(here.parameter, behind, parameters + 1, method, match)) return true;
    }
    if (here.rests.empty() || match.path_->has_encoded_slash(position)) return false;
    match.begins_[parameters] = static_cast<std::uint32_t>(position);
    return choose(here.rests, method, match);
}

bool route_tree::choose(const std::vector<endpoint>& from, std::string_view method,
                        route_match& match) const noexcept {
    const auto take = [&](std::string_view wanted) {
        for (const endpoint& each : from) {
            if (methods_[each.method] != wanted) continue;
            match.route_ = each.route;
            return true;
        }
        return false;
    };
    if (take(method) || (method == "HEAD" && take("GET"))) return true;
    for (const endpoint& each : from) match.methods_ |= std::uint64_t{1} << each.method;
    return false;
}

std::size_t route_match::route() const noexcept {
    WEIR_ASSERT(is_found(), "a request that has no route was asked for it");
    return route_;
}

std::string_view route_match::pattern() const noexcept { return tree_->routes_[route()].pattern; }

std::string_view route_match::parameter(std::string_view name) const noexcept {
    const auto& taken = tree_->routes_[route()];
    const auto found = std::find(taken.names.begin(), taken.names.end(), name);
    WEIR_ASSERT(found != taken.names.end(), "the pattern of the route has no such parameter");
    const auto index = static_cast<std::size_t>(found - taken.names.begin());
    const bool is_rest = taken.has_rest && index + 1 == taken.names.size();
    return is_rest ? path_->rest_at(begins_[index]) : path_->segment_at(begins_[index]);
}

std::string route_match::allow() const {
    WEIR_ASSERT(!is_found(), "what else is allowed was asked of a request that has a route");
    std::string list;
    bool has_get = false;
    bool has_head = false;
    bool has_options = false;
    for (std::size_t i = 0; i < tree_->methods_.size(); ++i) {
        if ((methods_ >> i & 1U) == 0) continue;
        const std::string& method = tree_->methods_[i];
        list += method + ", ";
        has_get = has_get || method == "GET";
        has_head = has_head || method == "HEAD";
        has_options = has_options || method == "OPTIONS";
    }
    if (has_get && !has_head) list += "HEAD, ";
    if (!has_options) list += "OPTIONS, ";
    list.resize(list.size() - std::min<std::size_t>(list.size(), 2));
    return list;
}

response answer_without_route(const route_match& match) {
    const auto with_allow = [&](status code) {
        response answer(code);
        WEIR_ASSERT(answer.headers().add("Allow", match.allow()), "methods are tokens");
        return answer;
    };
    switch (match.outcome()) {
        case route_outcome::options:
            return with_allow(status::no_content);
        case route_outcome::method_not_allowed:
            return with_allow(status::method_not_allowed);
        case route_outcome::bad_path:
            return response(status::bad_request);
        default:
            WEIR_ASSERT(!match.is_found(), "a request that has a route is answered by it");
            return response(status::not_found);
    }
}

}  // namespace weir::http
