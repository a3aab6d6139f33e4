//! The speed of `bd` beside git's (STATE 8): makes its own data, runs whole processes, prints one Markdown table.
//!
//! `bench` measures 1k, 10k and 100k beads; `--write` puts the table into docs/benchmarks.md; `--short` measures 1k and 10k with
//! fewer runs, and with `--baseline FILE` fails where a count is higher than the baseline's, and says which ratios are a
//! quarter worse in three measurements; `--save FILE` writes a baseline. `--bd FILE` names the binary, which `.ci/release` builds.
//! `--gates` measures the rows of the gates alone, `--gt` those of the workflow, and with `--write` puts their section into the page.
//! `--make FOLDER --beads N` only makes such a store, to look at with a profiler.

mod clones;
mod code;
mod gates;
mod generate;
mod measure;
mod report;
mod rows;
mod workflow;

use measure::Programs;
use report::Report;
use rows::Bench;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

fn say(line: &str) {
    let _closed = writeln!(std::io::stderr(), "{line}");
}

fn value<'a>(args: &'a [String], flag: &str) -> Option<&'a str> {
    args.iter().position(|a| a == flag).and_then(|at| args.get(at + 1)).map(String::as_str)
}

fn run(args: &[String]) -> Result<bool, String> {
    let mut out = std::io::stdout().lock();
    if let Some(file) = value(args, "--serde-pass") {
        return generate::serde_pass(file, &mut out).map(|()| true).map_err(|e| format!("{file}: {e}"));
    }
    const FLAGS: [&str; 10] =
        ["--short", "--gates", "--gt", "--write", "--save", "--baseline", "--runs", "--bd", "--make", "--beads"];
    if let Some(odd) = args.iter().find(|a| a.starts_with("--") && !FLAGS.contains(&a.as_str())) {
        return Err(format!("`{odd}` is none of {}", FLAGS.join(" ")));
    }
    if let Some(folder) = value(args, "--make") {
        let beads = value(args, "--beads").and_then(|n| n.parse().ok()).unwrap_or(10_000);
        return make(folder, beads).map(|()| true).map_err(|e| format!("{folder}: {e}"));
    }
    let bd = value(args, "--bd");
    let short = args.iter().any(|a| a == "--short");
    let runs = value(args, "--runs").and_then(|n| n.parse().ok()).unwrap_or(if short { 15 } else { 30 });
    let write_page = args.iter().any(|a| a == "--write");
    let file = bd_tests::repository_root().join("docs/benchmarks.md");
    let put = |page: &str| std::fs::write(&file, page).map_err(|e| format!("docs/benchmarks.md: {e}"));
    let old = std::fs::read_to_string(&file).map_err(|e| format!("docs/benchmarks.md: {e}"))?;
    let (tracker, rest) = old.split_at(old.find("\n## ").unwrap_or(old.len()));
    for (flag, title, measure) in SECTIONS {
        if !args.iter().any(|a| a == flag) {
            continue;
        }
        let mut bench = Bench::new(Programs::find(bd)?, runs, say);
        if *flag == "--gt" && !bench.programs.gt.is_file() {
            return Err(format!("{} is missing: build it with .ci/release", bench.programs.gt.display()));
        }
        measure(&mut bench);
        let section = bench.report.section(title, flag, &machine(), runs);
        write!(out, "{section}").map_err(|e| e.to_string())?;
        if write_page {
            put(&format!("{}\n{}", tracker.trim_end(), with_section(rest, title, &section)))?;
        }
        return Ok(true);
    }
    let mut report = measure_all(bd, short, runs)?;
    // The rows of the other sections are measured by themselves: what the page has of them stays.
    let page = format!("{}{rest}", report.markdown(&machine(), runs));
    write!(out, "{page}").map_err(|e| e.to_string())?;
    if write_page {
        put(&page)?;
    }
    if let Some(file) = value(args, "--save") {
        let text = serde_json::to_string_pretty(&report.baseline()).map_err(|e| e.to_string())?;
        std::fs::write(file, text + "\n").map_err(|e| format!("{file}: {e}"))?;
    }
    let Some(file) = value(args, "--baseline") else { return Ok(true) };
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let baseline = serde_json::from_str(&text).map_err(|e| format!("{file}: {e}"))?;
    for attempt in 2..=3 {
        let (counts, ratios) = report.worse_than(&baseline);
        if counts.is_empty() && ratios.is_empty() {
            break;
        }
        say(&format!("worse than the baseline; measuring again ({attempt} of 3)"));
        report.keep_best(&measure_all(bd, short, runs)?);
    }
    let (counts, ratios) = report.worse_than(&baseline);
    for line in counts.iter().chain(&ratios) {
        say(&format!("worse than the baseline: {line}"));
    }
    // Counts are gates; a clock on a shared machine is a report (STATE 8).
    Ok(counts.is_empty())
}

/// A part of the bench that is measured by itself: its flag, the title of its section, its rows.
type Section = (&'static str, &'static str, fn(&mut Bench));
const SECTIONS: &[Section] = &[("--gates", "Gates", Bench::gates), ("--gt", "Workflow", Bench::workflow)];

/// The sections of the page with one of them replaced or added.
fn with_section(rest: &str, title: &str, section: &str) -> String {
    let head = format!("\n## {title}\n");
    let Some(start) = rest.find(&head) else { return format!("{}\n{section}", rest.trim_end()) };
    let end = rest[start + head.len()..].find("\n## ").map_or(rest.len(), |at| start + head.len() + at);
    let after = &rest[end..];
    format!("{}{}{after}", &rest[..start], section)
}

/// A generated repository, its lines, and commits with files that may arrive, moved to a folder that does not exist yet (on the file system of TMPDIR).
fn make(folder: &str, beads: usize) -> std::io::Result<()> {
    std::fs::create_dir(folder)?;
    let sandbox = bd_tests::Sandbox::new();
    let made = generate::generate(&sandbox, "store", beads);
    let folder = std::path::Path::new(folder);
    for files in [1, 100] {
        std::fs::write(folder.join(format!("arrivals-{files}")), generate::arrivals(&made, 40, files).join("\n"))?;
    }
    std::fs::rename(made.work.path(""), folder.join("store"))?;
    std::fs::rename(&made.plain, folder.join("store.jsonl"))
}

fn measure_all(bd: Option<&str>, short: bool, runs: usize) -> Result<Report, String> {
    let mut bench = Bench::new(Programs::find(bd)?, runs, say);
    let sizes: &[(&str, usize)] = &[("1k", 1_000), ("10k", 10_000), ("100k", 100_000)];
    for (name, beads) in &sizes[..if short { 2 } else { 3 }] {
        bench.at_size(name, *beads);
    }
    bench.eight_writers();
    bench.growth(if short { 200 } else { 1_000 });
    Ok(bench.report)
}

/// Date, processors, memory, kernel, versions.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let line = |text: &str, key: &str| {
        let found =
            text.lines().find_map(|l| l.strip_prefix(key).map(|v| v.trim_start_matches([' ', '\t', ':']).trim().to_owned()));
        found.unwrap_or_else(|| "?".to_owned())
    };
    let tool = |name: &str| {
        let out = std::process::Command::new(name).arg("--version").output();
        out.map_or_else(|_| format!("no {name}"), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let date = std::process::Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let date = date.map_or_else(|_| String::new(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
    format!(
        "{date}; {cores} x {}; {} memory; Linux {}; {}; {}",
        line(&read("/proc/cpuinfo"), "model name"),
        line(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
        tool("git"),
        tool("rustc")
    )
}
