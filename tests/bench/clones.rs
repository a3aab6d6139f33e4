//! Many molecules out of a few: what `gt` has really written about one, under other names and ids.

use crate::generate::{generate, import};
use crate::measure::must;
use crate::rows::Bench;
use crate::workflow::step;
use bd::ops::create::key_id;
use bd::store::SealedName;
use bd_tests::Work;
use std::collections::BTreeSet;

/// The prefix of the generated beads.
const PREFIX: &str = "bench";

/// How many there are of each.
pub struct Many {
    /// Plain beads.
    pub beads: usize,
    /// Molecules of thirteen steps that are under way: half of them wait for somebody.
    pub open: usize,
    /// Completed ones.
    pub completed: usize,
    /// Convoys, among which the molecules are dealt out.
    pub convoys: usize,
    /// Messages to the reader.
    pub messages: usize,
}

/// The name of one of many.
pub fn name(kind: &str, number: usize) -> String {
    format!("{kind}-{number:03}")
}

/// Makes the store: poured and moved once by the programs, then multiplied.
pub fn make(bench: &Bench, templates: &Work, many: &Many) -> Work {
    let gt = |work: &Work, args: &[&str]| must(&bench.programs.gt(work, args).run()).to_owned();
    let lead = templates.acting_as("lea");
    gt(templates, &["convoy", "create", "--id", "convoy-000", "--name", "The first", "--owner", "@lea"]);
    for (molecule, steps) in [("open-000", 5), ("asks-000", 7), ("done-000", 13)] {
        gt(templates, &["formula", "pour", "thirteen", "--name", molecule, "--convoy", "convoy-000", "--owner", "@lea"]);
        for n in 0..steps {
            match n {
                3 | 7 | 11 => gt(&lead, &["checkpoint", "approve", molecule, &step(n)]),
                _ => gt(templates, &["molecule", "advance", molecule, "--note", "done, and nothing was odd about it"]),
            };
        }
    }
    let events = lines(templates, "events");
    gt(
        templates,
        &["mail", "send", "self", "-s", "The plan is ready 000", "-m", "Two questions are open, and one of them is yours."],
    );
    let mail: Vec<String> = lines(templates, "mail").into_iter().filter(|l| l.contains("The plan is ready")).collect();
    let mut out = Vec::new();
    for number in 0..many.open + many.completed {
        let (from, to) = match number {
            n if n >= many.open => ("done", name("done", n - many.open)),
            n if n % 2 == 0 => ("asks", name("open", n)),
            n => ("open", name("open", n)),
        };
        let convoy = name("convoy", number % many.convoys);
        out.extend(again(&events, &format!("{from}-000"), &to, number, &convoy));
    }
    let letters: Vec<String> = (0..many.messages)
        .flat_map(|n| again(&mail, "The plan is ready 000", &format!("The plan is ready {n:03}"), n, ""))
        .collect();
    let made = generate(&bench.sandbox, "workflow", many.beads);
    let mut files: Vec<(String, Vec<u8>)> = out.chunks(10_000).map(|lines| file(lines, "events")).collect();
    files.push(file(&letters, "mail"));
    import(&made.work, "refs/beads/state", None, &files);
    made.work.git(&["update-ref", "refs/remotes/origin/beads", "refs/beads/state"]).ok();
    for n in 0..many.convoys {
        let id = name("convoy", n);
        gt(&made.work, &["convoy", "create", "--id", &id, "--name", &format!("Convoy number {n}"), "--owner", "@lea"]);
    }
    made.work.commit_all("Convoys");
    made.work.git(&["repack", "-adFq"]).ok();
    // The reader of the letters, who also works on the molecules.
    made.work.acting_as(templates.actor())
}

/// Every line of a stream.
fn lines(work: &Work, stream: &str) -> Vec<String> {
    let folder = format!(".beads/{stream}");
    let names = work.git(&["ls-tree", "-r", "--name-only", "refs/beads/state", &folder]);
    let text = |file: &&str| work.git(&["cat-file", "blob", &format!("refs/beads/state:{file}")]).ok().to_owned();
    names.ok().lines().collect::<Vec<_>>().iter().flat_map(|f| text(f).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn file(lines: &[String], stream: &str) -> (String, Vec<u8>) {
    let text = lines.iter().map(|l| format!("{l}\n")).collect::<String>().into_bytes();
    (SealedName::pack(&text).state_path(stream), text)
}

/// The lines about one thing once more: under another name, with ids of its own.
fn again(lines: &[String], from: &str, to: &str, number: usize, convoy: &str) -> Vec<String> {
    let mut names: Vec<(String, String)> = vec![(from.to_owned(), to.to_owned()), ("convoy-000".to_owned(), convoy.to_owned())];
    let bead = |key: String| key_id(PREFIX, &key).expect("a bead id").as_str().to_owned();
    let mut beads = BTreeSet::new();
    for key in std::iter::once(String::new()).chain((0..13).map(step)) {
        let key =
            |molecule: &str| if key.is_empty() { format!("gt molecule {molecule}") } else { format!("gt step {molecule} {key}") };
        beads.insert(bead(key(from)));
        names.push((bead(key(from)), bead(key(to))));
    }
    let about =
        |line: &&String| line.contains("\"bead\":\"_mail\"") || beads.iter().any(|b| line.contains(&format!("\"bead\":\"{b}\"")));
    let lines: Vec<&String> = lines.iter().filter(about).collect();
    for line in &lines {
        let event: serde_json::Value = serde_json::from_str(line).expect("a line");
        let id = event["id"].as_str().unwrap_or_default();
        // Ids are crockford base 32: decimal digits are of it.
        names.push((id.to_owned(), format!("{}{number:06}", &id[..20])));
    }
    let renamed = |line: &&String| names.iter().fold((*line).clone(), |line, (from, to)| line.replace(from, to));
    lines.iter().map(renamed).collect()
}
