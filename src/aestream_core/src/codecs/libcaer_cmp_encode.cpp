#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/libcaer.hpp"
#include "libcaer_cmp_words.hpp"

namespace aestream {

namespace {

using namespace libcaer_cmp;

constexpr std::uint64_t span_us = std::uint64_t{1} << 24U;
constexpr std::ptrdiff_t shortest_vector = 3;  // two words beat one word an event from here on

class Words {
public:
    explicit Words(std::size_t events) { bytes_.reserve(events * 3); }

    void put(std::uint32_t kind, std::uint64_t payload) {
        const std::uint32_t word = kind << 12U | static_cast<std::uint32_t>(payload & payload_mask);
        bytes_.push_back(static_cast<std::byte>(word & 0xffU));
        bytes_.push_back(static_cast<std::byte>(word >> 8U));
    }
    [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

void check(const Packet& packet) {
    for (const Event event : packet.events()) {
        if (event.x > coordinate_mask || event.y() > coordinate_mask) {
            throw InvalidArgument("an event lies at x=" + std::to_string(event.x) + " y=" + std::to_string(event.y()) +
                                  "; libcaer_cmp holds coordinates of 0 to 2047");
        }
        const std::uint64_t t_us = packet.t0_us() + event.t;
        if (t_us < packet.first_us() || t_us - packet.first_us() >= span_us) {
            throw InvalidArgument("an event lies at " + std::to_string(t_us) + " us in a packet that begins at " +
                                  std::to_string(packet.first_us()) + " us; libcaer_cmp holds 0 to 16777215 us after");
        }
    }
}

/// Events from `first` on of one time, column and polarity whose rows ascend within 8 of the first.
std::ptrdiff_t vector_length(const Event* first, const Event* end, std::uint32_t& mask) {
    mask = 1;
    std::uint32_t last_step = 0;
    const Event* event = first + 1;
    for (; event != end && event->t == first->t && event->x == first->x && event->on() == first->on(); ++event) {
        const std::uint32_t step = std::uint32_t{event->y()} - first->y();
        if (step <= last_step || step >= vector_rows) break;
        mask |= 1U << step;
        last_step = step;
    }
    return event - first;
}

const Event* put_events(Words& words, const Event* first, const Event* end) {
    const std::uint32_t row = first->y() | (first->on() ? polarity_bit : 0U);
    std::uint32_t mask = 0;
    const std::ptrdiff_t length = vector_length(first, end, mask);
    if (length >= shortest_vector) {
        words.put(vect_base_y, row);
        words.put(vect_8, mask);
        return first + length;
    }
    words.put(addr_y, row);
    return first + 1;
}

}  // namespace

std::vector<std::byte> encode_libcaer_cmp(const Packet& packet) {
    check(packet);
    Words words(packet.size());
    const auto events = packet.events();
    const std::uint64_t base_us = packet.first_us();
    std::uint64_t time_us = 0;
    std::uint32_t x = UINT32_MAX;
    const Event* event = events.data();
    const Event* const end = event + events.size();
    while (event != end) {
        const std::uint64_t t_us = packet.t0_us() + event->t - base_us;
        if (t_us >> 12U != time_us >> 12U) words.put(time_high, t_us >> 12U);
        if ((t_us & payload_mask) != (time_us & payload_mask)) words.put(time_low, t_us);
        if (event->x != x) words.put(addr_x, event->x);
        time_us = t_us;
        x = event->x;
        event = put_events(words, event, end);
    }
    return words.take();
}

}  // namespace aestream
