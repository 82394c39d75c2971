// SPDX-License-Identifier: Apache-2.0
// route_tree: which route a request takes. A tree of path segments: a lookup walks along the
// segments of its path and never sees the routes of other branches.
//
//   /users/me            a literal        goes first
//   /users/{id}          a parameter      one segment, not an empty one
//   /files/{path...}     a rest           what is left, even nothing; only at the end
//
// Where several routes fit, segments decide from the left: a literal before a parameter, before a
// rest. One that does not have the method is passed over, so GET /users/me may be a route of its
// own while DELETE /users/me is DELETE /users/{id}. Sources: RFC 9110 9.1 (methods), 9.3.2 (HEAD),
// 9.3.7 (OPTIONS), 10.2.1 (Allow), 15.5.6 (405).
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/http/message/request_path.hpp>
#include <weir/http/message/response.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

class route_tree;

/// How a lookup ended.
enum class route_outcome : std::uint8_t {
    found,
    options,             ///< nobody has OPTIONS here, but others have routes: tell which
    method_not_allowed,  ///< there are routes, for other methods
    not_found,
    bad_path,  ///< errc::bad_target: see request_path
};

/// The route of one request, and what its parameters are. Refers to the tree and to the target.
class route_match {
public:
    [[nodiscard]] route_outcome outcome() const noexcept { return outcome_; }
    [[nodiscard]] bool is_found() const noexcept { return outcome_ == route_outcome::found; }
    /// What `route_tree::add` gave. Only where it was found (asserted), like all that follows.
    [[nodiscard]] std::size_t route() const noexcept;
    /// The pattern of the route: a name for it in metrics and logs, unlike the path.
    [[nodiscard]] std::string_view pattern() const noexcept;
    /// The decoded value of the parameter with that name, which the pattern must have (asserted).
    /// Valid as long as this, unmoved, and the target.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept
        WEIR_LIFETIMEBOUND;

    /// The methods that have a route here: "GET, HEAD, OPTIONS". Not where it was found.
    [[nodiscard]] std::string allow() const;

private:
    friend class route_tree;
    static constexpr std::size_t max_parameters = 8;

    explicit route_match(const route_tree& tree) noexcept : tree_(&tree) {}

    const route_tree* tree_;
    std::optional<request_path> path_;
    std::uint64_t methods_ = 0;  // those that have routes here
    std::uint32_t route_ = 0;
    std::array<std::uint32_t, max_parameters> begins_{};  // of the parameters, in the path
    route_outcome outcome_ = route_outcome::not_found;
};

/// All routes of one server; made once, looked at by any shard.
class route_tree {
public:
    /// Parameters that one pattern may have.
    static constexpr std::size_t max_parameters = route_match::max_parameters;

    route_tree() : nodes_(1) {}

    /// @param method   a token, compared with case.
    /// @param pattern  "/", literals (decoded) and parameters; a slash at the end counts. Each name
    ///                 once, no dot segments, at most 8 parameters. That, and that no other route
    ///                 has the same method and shape, is asserted: routes belong to the program.
    /// @return         the number of the route: 0, 1, 2 ...
    std::size_t add(std::string_view method, std::string_view pattern);

    /// HEAD takes the route of GET where it has none. Refers to `target` and to this.
    /// Allocates:  nothing, unless something in a long path is encoded.
    [[nodiscard]] route_match find(std::string_view method,
                                   std::string_view target WEIR_LIFETIMEBOUND) const;

    [[nodiscard]] std::size_t size() const noexcept { return routes_.size(); }

private:
    friend class route_match;

    static constexpr std::uint32_t none = 0xFFFFFFFF;
    struct literal {
        std::string text;
        std::uint32_t node;
    };
    struct endpoint {
        std::uint8_t method;
        std::uint32_t route;
    };
    struct node {
        std::vector<literal> literals;  // sorted by text
        std::uint32_t parameter = none;
        std::vector<endpoint> here;   // routes that end here
        std::vector<endpoint> rests;  // routes that take what is left
    };
    struct route {
        std::string pattern;
        std::vector<std::string> names;
        bool has_rest = false;
    };

    [[nodiscard]] std::uint8_t method_number(std::string_view method);
    [[nodiscard]] std::optional<std::uint8_t> known_method(std::string_view method) const noexcept;
    [[nodiscard]] std::uint32_t literal_child(std::uint32_t of, std::string_view text);
    [[nodiscard]] std::uint32_t parameter_child(std::uint32_t of);
    [[nodiscard]] bool walk(std::uint32_t at, std::size_t position, std::size_t parameters,
                            std::string_view method, route_match& match) const;
    [[nodiscard]] bool choose(const std::vector<endpoint>& from, std::string_view method,
                              route_match& match) const noexcept;

    std::vector<node> nodes_;
    std::vector<route> routes_;
    std::vector<std::string> methods_;
};

/// The answer to a request that has no route: 404, 405 or 204 with Allow, or 400.
[[nodiscard]] response answer_without_route(const route_match& match);

}  // namespace weir::http
