#include "csv_quick.hpp"

namespace aestream::csv {

namespace {

bool has_quick_time(const CsvLayout& layout) {
    return layout.decimals ? layout.time_unit == CsvTimeUnit::s
                           : layout.time_unit == CsvTimeUnit::us || layout.time_unit == CsvTimeUnit::ns;
}

QuickTime quick_time_of(const CsvLayout& layout) {
    if (layout.decimals) return QuickTime::decimal_s;
    return layout.time_unit == CsvTimeUnit::us ? QuickTime::us : QuickTime::ns;
}

}  // namespace

QuickPlan make_plan(const CsvLayout& layout) {
    QuickPlan plan;
    plan.possible = has_quick_time(layout) && layout.columns_in_line <= most_csv_columns;
    if (!plan.possible) return plan;
    plan.time = quick_time_of(layout);
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
    return plan;
}

}  // namespace aestream::csv
