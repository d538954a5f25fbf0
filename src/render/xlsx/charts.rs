//! Native charts of the tab book: lines over waves and bars over groups, both with their intervals as error bars, drawn from
//! the cells of a sheet so that they follow when a reader sorts or copies it.

use rust_xlsxwriter::{
    Chart as Drawing, ChartAxisLabelPosition, ChartDataLabel, ChartDataLabelPosition, ChartErrorBars,
    ChartErrorBarsType, ChartFont, ChartFormat, ChartLine, ChartMarker, ChartMarkerType, ChartPoint, ChartRange,
    ChartSeries, ChartSolidFill, ObjectMovement,
};

use super::look::{HAIR, INK, Look, MUTED};
use super::sheet::{Chart, ChartKind, Tone};

/// The chart as the file holds it; `tab` is the sheet with its numbers.
pub(super) fn chart_of(chart: &Chart, tab: &str, look: &Look) -> Drawing {
    let (first, last) = chart.rows;
    let range = |column: u16| ChartRange::new_from_range(tab, first, column, last, column);
    let mut drawing = match chart.kind {
        ChartKind::Line => Drawing::new_line(),
        ChartKind::Bar => Drawing::new_bar(),
    };
    let text = |size: f64| {
        let mut held = ChartFont::new();
        held.set_name(&look.font).set_size(size).set_color(INK).unset_bold();
        held
    };
    let mut arms = ChartErrorBars::new();
    arms.set_type(ChartErrorBarsType::Custom(range(chart.arms.1), range(chart.arms.0)))
        .set_format(ChartLine::new().set_color(MUTED).set_width(1.0));
    let mut label = ChartDataLabel::new();
    label.show_value().set_num_format(&chart.format).set_font(&text(9.0));
    let mut series = ChartSeries::new();
    let title = plain_title(&chart.title);
    series.set_values(&range(chart.values)).set_categories(&range(chart.names)).set_name(title.as_str());
    match chart.kind {
        ChartKind::Line => {
            let mut marker = ChartMarker::new();
            marker.set_type(ChartMarkerType::Circle).set_size(6).set_format(
                ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(look.chart)).set_no_border(),
            );
            label.set_position(ChartDataLabelPosition::Above);
            series
                .set_format(ChartLine::new().set_color(look.chart).set_width(2.0))
                .set_marker(&marker)
                .set_y_error_bars(&arms);
        }
        ChartKind::Bar => {
            label.set_position(ChartDataLabelPosition::InsideBase);
            label.set_font(text(9.0).set_color(rust_xlsxwriter::Color::White));
            series
                .set_format(ChartSolidFill::new().set_color(look.chart))
                .set_gap(60)
                .set_x_error_bars(&arms)
                .set_points(&chart.tones.iter().map(|tone| point(tone, look)).collect::<Vec<_>>());
        }
    }
    series.set_data_label(&label);
    drawing.push_series(&series);
    drawing.title().set_name(title.as_str()).set_font(text(11.0).set_bold());
    drawing.legend().set_hidden();
    drawing.set_alt_text(chart.alt.chars().take(250).collect::<String>()).set_name(&chart.title);
    drawing.set_width(chart.size.0).set_height(chart.size.1);
    drawing.show_hidden_data();
    drawing.set_object_movement(ObjectMovement::MoveButDontSizeWithCells);
    drawing.chart_area().set_format(ChartFormat::new().set_border(ChartLine::new().set_color(HAIR)));
    // Names stand at the edge: the axis itself is at 0, in the middle of bars and whiskers where values are below it.
    match chart.kind {
        ChartKind::Line => {
            let names = drawing.x_axis();
            names.set_font(&text(9.0)).set_format(ChartLine::new().set_color(MUTED));
            names.set_label_position(ChartAxisLabelPosition::Low);
            let values = drawing.y_axis();
            values.set_font(&text(9.0)).set_num_format(&chart.format).set_min(chart.axis.0).set_max(chart.axis.1);
            values.set_format(ChartLine::new().set_color(HAIR)).set_major_gridlines(true);
            values.set_major_gridlines_line(ChartLine::new().set_color(HAIR).set_width(0.5));
        }
        ChartKind::Bar => {
            // The x axis of a bar chart lies at its foot and measures the values, which stand in the bars already.
            drawing.x_axis().set_min(chart.axis.0).set_max(chart.axis.1).set_hidden(true).set_major_gridlines(false);
            let names = drawing.y_axis();
            names.set_font(&text(9.0)).set_reverse().set_major_gridlines(false);
            names.set_format(ChartLine::new().set_color(MUTED));
            names.set_label_position(ChartAxisLabelPosition::Low);
        }
    }
    drawing
}

/// A title that is not taken for the address of a cell, as `=A1` and `Sheet!A1` would be.
fn plain_title(title: &str) -> String {
    let title = title.replace('!', "！");
    match title.strip_prefix('=') {
        Some(rest) => format!("＝{rest}"),
        None => title,
    }
}

/// A bar that loses against another stands out.
fn point(tone: &Tone, look: &Look) -> ChartPoint {
    match tone {
        Tone::Bad => ChartPoint::new().set_format(ChartSolidFill::new().set_color(look.chart_bad)),
        _ => ChartPoint::default(),
    }
}
