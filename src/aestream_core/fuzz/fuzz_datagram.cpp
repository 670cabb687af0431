// Fuzzes what a receiver does with datagrams of one protocol, which --datagram=NAME chooses. The input is a row of
// datagrams: 2 bytes of length, 1 byte that says the sender (2 bits), whether the checksum is to be made right (1 bit)
// and how many ms have passed (5 bits), then the datagram.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/crc32c.hpp"
#include "aestream_core/udp_receiver.hpp"
#include "harness.hpp"
#include "net/datagram_intake.hpp"
#include "outcome.hpp"

namespace aestream::fuzz {

namespace {

UdpProtocol chosen = UdpProtocol::automatic;

struct Taken {
    std::vector<std::byte> bytes;  // memory of its own, so that reading behind it is seen
    net::SenderKey sender;
    std::uint64_t arrival_us = 0;
};

/// Make the checksum of a framed datagram right: no mutation would guess it.
void repair(std::vector<std::byte>& bytes) {
    constexpr std::size_t at = 8;
    if (bytes.size() < framed_header_bytes) return;
    const std::span<const std::byte> all(bytes);
    const std::uint32_t checksum = crc32c(all.subspan(at + 4), crc32c(all.first(at)));
    std::memcpy(bytes.data() + at, &checksum, sizeof(checksum));
}

std::vector<Taken> datagrams_of(std::span<const std::byte> input) {
    std::vector<Taken> row;
    std::uint64_t now_us = 0;
    while (input.size() >= 3) {
        const auto how = std::to_integer<std::uint8_t>(input[2]);
        const std::size_t length = std::to_integer<std::size_t>(input[0]) | std::to_integer<std::size_t>(input[1])
                                                                                << 8U;
        input = input.subspan(3);
        const auto bytes = input.first(std::min(length, input.size()));
        input = input.subspan(bytes.size());
        now_us += (how >> 3U) * 1000U;
        Taken taken{{bytes.begin(), bytes.end()}, {}, now_us};
        taken.sender.port = how & 3U;
        if ((how & 4U) != 0) repair(taken.bytes);
        row.push_back(std::move(taken));
    }
    return row;
}

UdpReceiverConfig configuration(Chooser& choose) {
    UdpReceiverConfig config;
    config.protocol = choose.one_in(4) ? UdpProtocol::automatic : chosen;
    config.most_senders = choose.one_in(4) ? 2 : 64;
    config.reorder.datagrams = choose.one_in(4) ? 0 : 16;
    if (choose.one_in(2)) config.sensor = Sensor{640, 480};
    if (choose.one_in(16)) config.sensor = Sensor{1, 1};
    if (choose.one_in(8)) config.sender_limit_hz = 1000;
    return config;
}

/// Every event that is counted is handed out, on the sensor.
void check_books(std::span<const Taken> row, const UdpReceiverConfig& config, bool finish_each) {
    net::DatagramIntake intake(config);
    Tally tally;
    std::uint64_t now_us = 0;
    const auto hand_out = [&] {
        intake.senders().finish(now_us);
        while (const auto packet = intake.senders().take_packet()) tally.take(*packet);
    };
    for (const Taken& each : row) {
        intake.take(each.sender, each.bytes, each.arrival_us);
        now_us = each.arrival_us;
        if (finish_each) hand_out();
    }
    now_us += 1'000'000;
    hand_out();
    const UdpCounters counters = intake.counters();
    require(counters.events == tally.count(), "events that are counted are handed out");
    require(counters.datagrams == row.size(), "every datagram is counted");
    require(counters.invalid + counters.corrupted + counters.refused + counters.limited + counters.sequence.duplicated +
                    counters.sequence.stale <=
                counters.datagrams,
            "what is left out came before");
    require(intake.senders().waiting_events() == 0, "nothing is left behind");
    require(!intake.senders().deadline_us(), "nothing waits any more");
}

void check_datagrams(std::span<const std::byte> input) {
    Chooser choose(input);
    const std::vector<Taken> row = datagrams_of(input);
    const UdpReceiverConfig config = configuration(choose);
    check_books(row, config, false);
    check_books(row, config, true);
}

}  // namespace

}  // namespace aestream::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    using namespace aestream::fuzz;
    chosen = aestream::udp_protocol(chosen_name(*argc, *argv, "datagram", {"spif", "framed"}));
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    aestream::fuzz::check_datagrams(std::as_bytes(std::span(data, size)));
    return 0;
}
