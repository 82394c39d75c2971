// expect: no matching constructor|could not convert
// SPDX-License-Identifier: Apache-2.0
#include <weir/state/state.hpp>

class session_id {
public:
    explicit session_id(int number) : number_(number) {}

private:
    int number_;
};
template <>
inline constexpr bool weir::is_immutable_value<session_id> = true;

struct session {
    session_id id;
    int visits = 0;
};

int main() { const weir::state<session> first(session{.visits = 1}); }
