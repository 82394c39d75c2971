// expect: links of an entry come first in it
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/bounded_map.hpp>

class traits : public weir::bounded_map_traits<int, int> {
public:
    class extra {
    public:
        virtual ~extra() = default;
    };
};

int main() {
    weir::bounded_map<int, int, weir::w_tinylfu, traits> map(10);
    map.put(1, 2);
}
