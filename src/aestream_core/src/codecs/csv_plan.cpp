#include <optional>

#include "csv_quick.hpp"

namespace aestream::csv {

namespace {

std::optional<QuickTime> quick_time_of(const CsvLayout& layout) {
    switch (layout.time_unit) {
        case CsvTimeUnit::s:
            return layout.decimals ? std::optional(QuickTime::decimal_s) : std::nullopt;
        case CsvTimeUnit::ms:
            return layout.decimals ? std::optional(QuickTime::decimal_ms) : std::nullopt;
        case CsvTimeUnit::us:
            return layout.decimals ? std::nullopt : std::optional(QuickTime::us);
        case CsvTimeUnit::ns:
            return layout.decimals ? std::nullopt : std::optional(QuickTime::ns);
    }
    return std::nullopt;
}

}  // namespace

QuickPlan make_plan(const CsvLayout& layout) {
    QuickPlan plan;
    const auto time = quick_time_of(layout);
    // A decimal point and CR come on top.
    plan.possible = time && layout.columns_in_line >= layout.used_columns && layout.columns_in_line + 2 <= most_marks;
    if (!plan.possible) return plan;
    plan.time = *time;
    plan.crlf = layout.crlf;
    const auto expect = [&](char c) { plan.expected[plan.marks++] = c; };
    for (std::size_t i = 0; i < layout.columns_in_line; ++i) {
        const CsvColumn column = i < layout.used_columns ? layout.columns[i] : CsvColumn::other;
        if (column == CsvColumn::t) plan.t = plan.marks;
        if (column == CsvColumn::x) plan.x = plan.marks;
        if (column == CsvColumn::y) plan.y = plan.marks;
        if (column == CsvColumn::p) plan.p = plan.marks;
        if (column == CsvColumn::t && layout.decimals) expect('.');
        const bool last = i + 1 == layout.columns_in_line;
        expect(!last ? layout.separator : layout.crlf ? '\r' : '\n');
    }
    if (layout.crlf) expect('\n');
    plan.usual = plan.marks == 4 && plan.time == QuickTime::us && plan.t == 0 && plan.x == 1 && plan.y == 2;
    return plan;
}

}  // namespace aestream::csv
