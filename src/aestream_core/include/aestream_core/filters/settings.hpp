// What a filter can be told, as data: the command line, Python, the nodes and the docs iterate it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aestream {

enum class ParameterKind {
    whole,   ///< a whole number
    real,    ///< a number
    flag,    ///< 0 or 1
    choice,  ///< one of the texts in `choices`
    mask,    ///< one or two layers of a number a pixel, row by row; not 0 is set. In Python: a path or an array
    lookup,  ///< for each pixel the index of another pixel, or -1. In Python: a camera_info file or an array
};

/// One parameter of a filter.
struct FilterParameter {
    std::string_view name;         ///< "us", "rate_hz"
    std::string_view description;  ///< half a sentence, for people
    ParameterKind kind = ParameterKind::whole;
    std::string_view unit = {};
    bool required = false;
    double fallback = 0;                               ///< of numbers and flags
    double low = 0;                                    ///< of numbers, inclusive
    double high = std::numeric_limits<double>::max();  ///< of numbers, inclusive
    std::span<const std::string_view> choices = {};    ///< the first is what holds where nothing was given
};

using PixelValues = std::vector<std::int32_t>;
using SettingValue = std::variant<double, std::string, PixelValues>;
using GivenSettings = std::map<std::string, SettingValue, std::less<>>;

/// The settings of one filter: what was given, checked, with defaults for the rest.
class FilterSettings {
public:
    /// Throws InvalidArgument where a name is unknown, a required one is missing, or a value is not allowed.
    FilterSettings(std::string_view filter, std::span<const FilterParameter> parameters, const GivenSettings& given);

    [[nodiscard]] double number(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const { return number(name) != 0; }
    [[nodiscard]] const std::string& choice(std::string_view name) const;
    /// Empty where none was given.
    [[nodiscard]] const PixelValues& pixels(std::string_view name) const;

    /// A number known to be whole and to fit by its bounds.
    template <typename Whole>
    [[nodiscard]] Whole whole(std::string_view name) const {
        return static_cast<Whole>(number(name));
    }

private:
    GivenSettings values_;
};

}  // namespace aestream
