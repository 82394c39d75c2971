// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/span_outcome.hpp>

#include <weir/base/assert.hpp>

namespace weir::trace {

span_outcome::span_outcome(const std::exception_ptr& thrown) : kind_(outcome_kind::exception) {
    WEIR_ASSERT(thrown != nullptr, "an outcome was made of an exception that is none");
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& known) {
        thrown_ = known.what();
    } catch (...) {
        thrown_ = "of unknown type";
    }
}

std::string span_outcome::message() const {
    return kind_ == outcome_kind::error ? error_.message() : thrown_;
}

std::string span_outcome::to_string() const {
    switch (kind_) {
        case outcome_kind::ok:
            return "ok";
        case outcome_kind::error:
            return "error: " + message();
        case outcome_kind::stopped:
            return "stopped";
        case outcome_kind::exception:
            return "exception: " + message();
    }
    return "unknown";
}

}  // namespace weir::trace
