// Filters: packet in, packet out. State lies in the object, never in the packet.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "aestream_core/filters/settings.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_filter.hpp"

namespace aestream {

/// Keeps, drops or moves events of one stream.
///
/// The input is never modified: what comes out is the same packet where nothing changes, else a new one. Any cut of a
/// stream into packets gives the same events. Times may step back by up to `late_us`, as some sensors' do; where they
/// step back further, the clock was set anew, and a filter that remembers times begins as after `reset()`.
class Filter : public PacketFilter {
public:
    struct Counters {
        std::uint64_t events_in = 0;
        std::uint64_t events_out = 0;
    };

    /// Steps back of up to one second are late events, not another clock.
    static constexpr std::uint64_t late_us = 1'000'000;

    explicit Filter(Sensor input) : Filter(input, input) {}
    Filter(Sensor input, Sensor output) : input_(input), output_(output) {}

    /// Throws InvalidArgument where the packet is of another sensor, or an event lies outside it.
    [[nodiscard]] Packet apply(const Packet& packet) final;

    /// Begin as if nothing had been seen. Counters go on.
    void reset();

    [[nodiscard]] Sensor input() const { return input_; }
    [[nodiscard]] Sensor output() const { return output_; }
    [[nodiscard]] Counters counters() const { return counters_; }

    /// Bytes of state; fixed when the filter is made.
    [[nodiscard]] virtual std::size_t state_bytes() const { return 0; }

    /// What the filter learnt, a byte a pixel in one or two layers (off, on); empty where it learns nothing.
    [[nodiscard]] virtual std::vector<std::uint8_t> learnt_mask() const { return {}; }

protected:
    /// Filter a part of a packet. Inside it, and since the last one, time steps back by `late_us` at most; it spans
    /// less than 2^30 µs and `late_us` where the filter remembers times.
    [[nodiscard]] virtual Packet filter(const Packet& part) = 0;

    /// Whether the state holds times, so that a clock that is set anew voids it.
    [[nodiscard]] virtual bool remembers_times() const { return false; }

    /// Void the state.
    virtual void forget() {}

private:
    [[nodiscard]] Packet filter_in_parts(const Packet& packet);
    void check(const Packet& packet) const;

    Sensor input_;
    Sensor output_;
    Counters counters_;
    bool started_ = false;
    std::uint64_t latest_us_ = 0;  ///< since the clock was last set; only where times are remembered
};

/// One row of the table of filters.
struct FilterRow {
    std::string_view name;         ///< "refractory"
    std::string_view description;  ///< what it keeps, in one line
    std::string_view examples;     ///< of its arguments, one a line: "500"
    bool moves_events = false;     ///< changes coordinates; else what comes out is a subset of what went in
    std::span<const FilterParameter> parameters = {};
    std::unique_ptr<Filter> (*make)(const FilterSettings& settings, Sensor sensor) = nullptr;
};

/// The filters by name.
[[nodiscard]] std::span<const FilterRow* const> filter_table();

/// Make a filter. Throws InvalidArgument where there is none of that name, or a setting is not possible.
[[nodiscard]] std::unique_ptr<Filter> make_filter(std::string_view name, const GivenSettings& given, Sensor sensor);

}  // namespace aestream
