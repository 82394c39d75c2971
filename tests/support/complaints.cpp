// SPDX-License-Identifier: Apache-2.0
#include "complaints.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::test {

namespace {

caught_complaints* catcher = nullptr;
std::size_t count = 0;

}  // namespace

caught_complaints::caught_complaints() noexcept { catcher = this; }
caught_complaints::~caught_complaints() { catcher = nullptr; }

std::size_t complaints() noexcept { return count; }

void complain(const std::string& text) {
    ++count;
    if (catcher != nullptr) {
        catcher->all_.push_back(text);
    } else {
        BOOST_ERROR(text);
    }
}

}  // namespace weir::test
