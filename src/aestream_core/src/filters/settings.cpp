#include "aestream_core/filters/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "aestream_core/errors.hpp"

namespace aestream {

namespace {

std::string text_of(double value) {
    char text[32];
    std::snprintf(text, sizeof text, std::abs(value) < 1e15 && std::floor(value) == value ? "%.0f" : "%g", value);
    return text;
}

std::string listed(std::span<const std::string_view> names) {
    std::string list;
    for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

std::string allowed_numbers(const FilterParameter& parameter) {
    std::string allowed = parameter.kind == ParameterKind::whole ? "a whole number, " : "";
    allowed += text_of(parameter.low);
    allowed += parameter.high < 1e18 ? " to " + text_of(parameter.high) : " or more";
    return parameter.unit.empty() ? allowed : allowed + " " + std::string(parameter.unit);
}

[[noreturn]] void refuse(std::string_view filter, const FilterParameter& parameter, const std::string& value,
                         const std::string& allowed) {
    throw InvalidArgument("filter " + std::string(filter) + ": " + std::string(parameter.name) + " is " + value +
                          "; it must be " + allowed);
}

void check_number(std::string_view filter, const FilterParameter& parameter, const SettingValue& value) {
    const bool is_flag = parameter.kind == ParameterKind::flag;
    const std::string allowed = is_flag ? "true or false" : allowed_numbers(parameter);
    const auto* const number = std::get_if<double>(&value);
    if (number == nullptr) refuse(filter, parameter, "no number", allowed);
    const bool whole = std::floor(*number) == *number;
    const bool inside = *number >= parameter.low && *number <= (is_flag ? 1 : parameter.high);
    if (!inside || (parameter.kind != ParameterKind::real && !whole)) {
        refuse(filter, parameter, text_of(*number), allowed);
    }
}

void check_choice(std::string_view filter, const FilterParameter& parameter, const SettingValue& value) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text != nullptr && std::ranges::find(parameter.choices, *text) != parameter.choices.end()) return;
    refuse(filter, parameter, text == nullptr ? "no text" : "'" + *text + "'", "one of " + listed(parameter.choices));
}

void check(std::string_view filter, const FilterParameter& parameter, const SettingValue& value) {
    switch (parameter.kind) {
        case ParameterKind::choice:
            return check_choice(filter, parameter, value);
        case ParameterKind::mask:
        case ParameterKind::lookup:
            if (!std::holds_alternative<PixelValues>(value)) refuse(filter, parameter, "no array", "one of pixels");
            return;
        default:
            return check_number(filter, parameter, value);
    }
}

SettingValue fallback_of(const FilterParameter& parameter) {
    switch (parameter.kind) {
        case ParameterKind::choice:
            return std::string(parameter.choices.front());
        case ParameterKind::mask:
        case ParameterKind::lookup:
            return PixelValues{};
        default:
            return parameter.fallback;
    }
}

}  // namespace

FilterSettings::FilterSettings(std::string_view filter, std::span<const FilterParameter> parameters,
                               const GivenSettings& given) {
    for (const FilterParameter& parameter : parameters) {
        const auto found = given.find(parameter.name);
        if (found == given.end() && parameter.required) {
            throw InvalidArgument("filter " + std::string(filter) + " needs " + std::string(parameter.name) + ": " +
                                  std::string(parameter.description));
        }
        if (found != given.end()) check(filter, parameter, found->second);
        values_.emplace(parameter.name, found == given.end() ? fallback_of(parameter) : found->second);
    }
    for (const auto& [name, value] : given) {
        if (values_.contains(name)) continue;
        std::string known;
        for (const auto& each : values_) known += (known.empty() ? "" : ", ") + each.first;
        throw InvalidArgument("filter " + std::string(filter) + " has no parameter '" + name +
                              "'; known: " + (known.empty() ? "none" : known));
    }
}

double FilterSettings::number(std::string_view name) const { return std::get<double>(values_.find(name)->second); }

const std::string& FilterSettings::choice(std::string_view name) const {
    return std::get<std::string>(values_.find(name)->second);
}

const PixelValues& FilterSettings::pixels(std::string_view name) const {
    return std::get<PixelValues>(values_.find(name)->second);
}

}  // namespace aestream
