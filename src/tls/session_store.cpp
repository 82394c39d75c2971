// SPDX-License-Identifier: Apache-2.0
#include "session_store.hpp"

#include <algorithm>
#include <utility>

namespace weir::tls {

void session_store::keep(std::string_view host, ssl_session_ptr session) {
    std::list<entry> added;  // what is freed is freed outside of the lock
    added.push_back(entry{std::string(host), std::move(session)});
    const std::lock_guard lock(mutex_);
    newest_first_.splice(newest_first_.begin(), added);
    if (newest_first_.size() > max_sessions_) {
        added.splice(added.begin(), newest_first_, std::prev(newest_first_.end()));
    }
}

ssl_session_ptr session_store::take(std::string_view host) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(newest_first_.begin(), newest_first_.end(),
                                    [host](const entry& each) { return each.host == host; });
    if (found == newest_first_.end()) return nullptr;
    ssl_session_ptr session = std::move(found->session);
    newest_first_.erase(found);
    return session;
}

std::size_t session_store::size() const {
    const std::lock_guard lock(mutex_);
    return newest_first_.size();
}

}  // namespace weir::tls
