// SPDX-License-Identifier: Apache-2.0
// middleware_chain: layers around a handler: each is given what the handler is given, and `next` to
// go on with, which it may call before, between, after or instead of its own work. The types are
// those of the handler, whatever they are: coroutines wait for `next` with co_await.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

namespace weir::http {

/// A handler and the layers around it, the outermost first; itself a handler. It must outlive every
/// call of it, and not move meanwhile. What it is made of is called as const.
///
/// ```cpp
/// auto timed = [](const request& asked, auto next) -> weir::task<response> {
///     const auto begun = clock.now();
///     auto answer = co_await next(asked);
///     latencies.record(clock.now() - begun);
///     co_return answer;
/// };
/// const weir::http::middleware_chain serve(handler, timed, authenticated);
/// co_return co_await serve(request);   // timed( authenticated( handler ) )
/// ```
///
/// Allocates: nothing by itself: a layer that is a coroutine has its frame.
template <class Handler, class... Layers>
class middleware_chain {
public:
    /// What a layer calls to go on; a value, valid as long as the chain.
    template <std::size_t Index>
    class next {
    public:
        explicit next(const middleware_chain& chain) noexcept : chain_(&chain) {}

        template <class... Arguments>
        decltype(auto) operator()(Arguments&&... arguments) const {
            return chain_->template call<Index>(std::forward<Arguments>(arguments)...);
        }

    private:
        const middleware_chain* chain_;
    };

    explicit middleware_chain(Handler last, Layers... layers)
        : handler_(std::move(last)), layers_(std::move(layers)...) {}

    template <class... Arguments>
    decltype(auto) operator()(Arguments&&... arguments) const {
        return call<0>(std::forward<Arguments>(arguments)...);
    }

private:
    template <std::size_t Index, class... Arguments>
    decltype(auto) call(Arguments&&... arguments) const {
        if constexpr (Index == sizeof...(Layers)) {
            return handler_(std::forward<Arguments>(arguments)...);
        } else {
            return std::get<Index>(layers_)(std::forward<Arguments>(arguments)...,
                                            next<Index + 1>(*this));
        }
    }

    Handler handler_;
    std::tuple<Layers...> layers_;
};

}  // namespace weir::http
