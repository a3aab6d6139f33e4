//! What was measured, as one table and as the baseline that CI compares with.

use crate::measure::Times;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// One line of the table.
pub struct Row {
    /// What was measured.
    pub name: String,
    /// What is promised.
    pub target: String,
    /// What came out.
    pub result: String,
    /// True if the promise is kept; `None` where nothing is promised or nothing could be measured.
    pub met: Option<bool>,
    /// Ours through the yardstick's, for the baseline.
    pub ratio: Option<f64>,
    /// A number that does not depend on the machine, for the baseline.
    pub count: Option<u64>,
}

/// The table.
#[derive(Default)]
pub struct Report {
    /// In the order of measuring.
    pub rows: Vec<Row>,
}

impl Report {
    /// Times of ours beside those of a yardstick, and how many times the yardstick is allowed.
    pub fn ratio(&mut self, name: &str, ours: &Times, yardstick: &str, yard: &Times, limit: f64, floor_ms: f64) {
        let ratio = ours.median() / yard.median();
        let result = format!(
            "{:.2} (p95 {:.2}) ms, {yardstick} {:.2} (p95 {:.2}) ms = **{ratio:.2} x**",
            ours.median(),
            ours.p95(),
            yard.median(),
            yard.p95()
        );
        let target = if floor_ms > 0.0 { format!("<= {floor_ms} ms or {limit} x") } else { format!("<= {limit:.2} x") };
        let met = Some(ratio <= limit || ours.median() <= floor_ms);
        self.rows.push(Row { name: name.to_owned(), target, result, met, ratio: Some(ratio), count: None });
    }

    /// A number with an upper bound.
    pub fn count(&mut self, name: &str, is: Option<u64>, limit: u64, unit: &str, exact: bool) {
        let result = is.map_or_else(|| "not measured (no strace or GNU time)".to_owned(), |n| format!("{n} {unit}"));
        let met = is.map(|n| n <= limit);
        let count = is.filter(|_| exact);
        self.rows.push(Row { name: name.to_owned(), target: format!("<= {limit} {unit}"), result, met, ratio: None, count });
    }

    /// Anything else.
    pub fn fact(&mut self, name: &str, target: &str, result: String, met: Option<bool>) {
        self.rows.push(Row { name: name.to_owned(), target: target.to_owned(), result, met, ratio: None, count: None });
    }

    /// The page `docs/benchmarks.md`.
    pub fn markdown(&self, machine: &str, runs: usize) -> String {
        let mut out = format!(
            "# Benchmarks\n\nWritten by `target/release/bench --write` ({runs} runs a row, interleaved with its yardstick; median, p95). \
             Whole processes, release build, shipped defaults, warm page cache. Ratios on a shared machine move by a third from run to \
             run: counts are what CI holds fast.\n\n{machine}\n\n| | target | measured | met |\n|---|---|---|---|\n"
        );
        self.lines(&mut out);
        out
    }

    /// A section with a date of its own.
    pub fn section(&self, title: &str, flag: &str, machine: &str, runs: usize) -> String {
        let mut out = format!(
            "\n## {title}\n\nWritten by `target/release/bench {flag} --write` ({runs} runs a row, interleaved; median, p95).\n\n{machine}\n\n\
             | | target | measured | met |\n|---|---|---|---|\n"
        );
        self.lines(&mut out);
        out
    }

    fn lines(&self, out: &mut String) {
        for row in &self.rows {
            let met = match row.met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "",
            };
            let _infallible = writeln!(out, "| {} | {} | {} | {met} |", row.name, row.target, row.result);
        }
    }

    /// For `tests/bench/baseline.json`.
    pub fn baseline(&self) -> Value {
        let ratios: Map<String, Value> = self.rows.iter().filter_map(|r| Some((r.name.clone(), json!(round(r.ratio?))))).collect();
        let counts: Map<String, Value> = self.rows.iter().filter_map(|r| Some((r.name.clone(), json!(r.count?)))).collect();
        json!({ "ratios": ratios, "counts": counts })
    }

    /// Takes over the ratios of another run that came out better: a slow moment of the machine is no regression.
    pub fn keep_best(&mut self, other: &Self) {
        for row in &mut self.rows {
            if let Some(better) = other.rows.iter().find(|r| r.name == row.name).and_then(|r| r.ratio) {
                row.ratio = row.ratio.map(|is| is.min(better));
            }
        }
    }

    /// What is worse than the baseline: counts at all, and ratios by more than a quarter.
    pub fn worse_than(&self, baseline: &Value) -> (Vec<String>, Vec<String>) {
        let (mut counts, mut ratios) = (Vec::new(), Vec::new());
        for row in &self.rows {
            let was = baseline["ratios"][&row.name].as_f64();
            if let (Some(is), Some(was)) = (row.ratio, was.filter(|was| row.ratio.is_some_and(|is| is > was * 1.25))) {
                ratios.push(format!("{}: {is:.2} x, the baseline is {was:.2} x", row.name));
            }
            let was = baseline["counts"][&row.name].as_u64();
            if let (Some(is), Some(was)) = (row.count, was.filter(|was| row.count.is_some_and(|is| is > *was))) {
                counts.push(format!("{}: {is}, the baseline is {was}", row.name));
            }
        }
        (counts, ratios)
    }
}

fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}
