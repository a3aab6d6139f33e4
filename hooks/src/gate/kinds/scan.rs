//! Kind `scan`: rules of the scanner. All scans of a check go over the files together, once.

use super::super::{Answer, Ask, Gate, Globs, Kind, Status, Waived, When};
use crate::diff::{FileChange, What};
use crate::scan::{Rule, RuleSet, Scanned, Scanner, sealed};
use crate::{Finding, Lines};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// From so many files on a second thread is started. A guess on the safe side, not a measurement.
const MANY: usize = 32;
/// At most so many threads.
const THREADS: usize = 8;
/// A file of the working tree above this size is judged by its size alone.
const READ_AT_MOST: u64 = 32 << 20;

/// One gate with what it looks at.
struct Look<'a> {
    rule: &'a Rule,
    paths: Option<Globs>,
}

/// What was found in some of the files.
#[derive(Default)]
struct Part {
    /// By gate and file, so that the order does not depend on the threads.
    findings: Vec<(usize, usize, Finding)>,
    waived: Vec<(usize, usize, Waived)>,
    unread: Vec<(usize, String)>,
}

/// Asks scans about the files of the check: an answer for each.
pub fn answers(gates: &[&Gate], ask: &Ask<'_>, rules: &RuleSet) -> Vec<Answer> {
    let looks: Result<Vec<Look<'_>>, String> = gates.iter().map(|gate| look(gate, rules)).collect();
    let looks = match looks {
        Ok(looks) => looks,
        // Definitions refuse such gates; whoever made these by hand gets an answer for each all the same.
        Err(_) if gates.len() > 1 => return gates.iter().flat_map(|gate| answers(&[gate], ask, rules)).collect(),
        Err(why) => return vec![Answer::new(Status::Error, why)],
    };
    if ask.files.is_empty() {
        return gates.iter().map(|_| Answer::new(Status::Skip, "nothing was changed")).collect();
    }
    let limit = gates.iter().map(|g| g.timeout).max().unwrap_or_default();
    let Some(part) = all_files(&looks, ask, rules, limit) else {
        let late = || Answer::new(Status::Error, format!("the scan was not done after {} s", limit.as_secs()));
        return gates.iter().map(|_| late().advise("Give the gate a longer `timeout`, or narrower `paths`")).collect();
    };
    (0..gates.len()).map(|g| of_gate(g, &looks[g], &part, ask)).collect()
}

fn look<'a>(gate: &Gate, rules: &'a RuleSet) -> Result<Look<'a>, String> {
    let Kind::Scan { rule } = &gate.kind else { return Err("this is no scan".to_owned()) };
    let rule = rules.rule(rule).ok_or_else(|| format!("the scanner has no rule `{rule}`"))?;
    let paths = match gate.paths.as_slice() {
        [] => None,
        paths => Some(Globs::new(paths).map_err(|(_, why)| format!("its paths cannot be used: {why}"))?),
    };
    Ok(Look { rule, paths })
}

fn of_gate(g: usize, look: &Look<'_>, part: &Part, ask: &Ask<'_>) -> Answer {
    // What could not be read may hold what the rule is about.
    let applies = |path: &str| look.paths.as_ref().is_none_or(|globs| globs.has(path));
    let mut unread = part.unread.iter().filter(|(f, _)| applies(&ask.files[*f].path));
    if let Some((_, why)) = unread.next() {
        let more = unread.count();
        let why = if more == 0 { why.clone() } else { format!("{why} (and {more} more)") };
        return Answer::new(Status::Error, format!("not everything could be read: {why}"));
    }
    let findings: Vec<Finding> = part.findings.iter().filter(|(of, _, _)| *of == g).map(|(_, _, f)| f.clone()).collect();
    let waived = part.waived.iter().filter(|(of, _, _)| *of == g).map(|(_, _, w)| w.clone()).collect();
    let mut answer = match findings.len() {
        0 => Answer::new(Status::Pass, "nothing was found"),
        1 => Answer::new(Status::Fail, "1 place"),
        n => Answer::new(Status::Fail, format!("{n} places")),
    };
    if !findings.is_empty() {
        answer.advice.clone_from(&look.rule.advice);
    }
    (answer.findings, answer.waived) = (findings, waived);
    answer
}

/// Looks at all files, from several threads where there are many. `None` = the time was over.
fn all_files(looks: &[Look<'_>], ask: &Ask<'_>, rules: &RuleSet, limit: Duration) -> Option<Part> {
    let began = Instant::now();
    let ids: BTreeSet<&str> = looks.iter().filter(|l| l.rule.check.is_none()).map(|l| l.rule.id.as_str()).collect();
    let scanner = rules.scanner_for(ids, ask.files.len());
    let next = AtomicUsize::new(0);
    let late = AtomicBool::new(false);
    let whole = Mutex::new(Part::default());
    let work = || {
        let mut part = Part::default();
        loop {
            let f = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = ask.files.get(f) else { break };
            let go_on = || began.elapsed() < limit;
            if !go_on() || one_file(f, file, looks, ask, (&scanner, &go_on), &mut part).is_none() {
                late.store(true, Ordering::Relaxed);
                break;
            }
        }
        let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
        whole.findings.append(&mut part.findings);
        whole.waived.append(&mut part.waived);
        whole.unread.append(&mut part.unread);
    };
    let threads = match ask.files.len() {
        n if n < MANY => 1,
        n => std::thread::available_parallelism().map_or(1, usize::from).min(n / MANY + 1).min(THREADS),
    };
    crate::threads::run(threads, work);
    let mut part = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
    part.findings.sort_by(|a, b| (a.1, a.0, &a.2).cmp(&(b.1, b.0, &b.2)));
    part.waived.sort_by(|a, b| (a.1, a.0, &a.2.finding).cmp(&(b.1, b.0, &b.2.finding)));
    part.unread.sort();
    (!late.into_inner()).then_some(part)
}

/// A scanner, and if there is time left for it.
type Scan<'s, 'r> = (&'s Scanner<'r>, &'s dyn Fn() -> bool);

/// Adds what is found in one file; `None` = the time was over in the middle of it.
fn one_file(f: usize, file: &FileChange, looks: &[Look<'_>], ask: &Ask<'_>, scan: Scan<'_, '_>, part: &mut Part) -> Option<()> {
    let (scanner, go_on) = scan;
    let of_path: Vec<usize> =
        (0..looks.len()).filter(|l| looks[*l].paths.as_ref().is_none_or(|globs| globs.has(&file.path))).collect();
    if of_path.is_empty() {
        return Some(());
    }
    let sealing = of_path.iter().copied().filter(|l| looks[*l].rule.check.is_some());
    let sealing: Vec<usize> = if file.path.starts_with(".beads/") { sealing.collect() } else { Vec::new() };
    let compared = is_compared(file, ask);
    let any = !file.lines.is_empty() || compared;
    let scans = of_path.iter().any(|l| looks[*l].rule.check.is_none()) && !file.special && !file.removed && any;
    let mut bytes = None;
    if scans || (!sealing.is_empty() && !file.removed && !file.special) {
        match read(file, ask, scanner) {
            Ok(Content::Bytes(all)) => bytes = Some(all),
            Ok(Content::TooLarge(finding)) => {
                let of_rule = |l: &&usize| finding.as_ref().is_some_and(|found| looks[**l].rule.id == found.rule);
                part.findings.extend(of_path.iter().filter(of_rule).filter_map(|l| Some((*l, f, finding.clone()?))));
                return Some(());
            }
            Err(why) => {
                part.unread.push((f, why));
                return Some(());
            }
        }
    }
    for l in sealing {
        part.findings.extend(sealed(looks[l].rule, file, bytes.as_deref()).map(|found| (l, f, found)));
    }
    if let Some(bytes) = bytes.filter(|_| scans) {
        let lines = if compared { &Lines::All } else { &file.lines };
        let mut found = scanner.scan_while(&file.path, &bytes, lines, go_on)?;
        if compared {
            if let Err(why) = only_new(&mut found, bytes.len(), file, ask, scan)? {
                part.unread.push((f, why));
                return Some(());
            }
        }
        if !found.is_empty() {
            shared_out(f, file, found, &of_path, looks, ask, part);
        }
    }
    Some(())
}

/// True where lines that were there before can be at fault now: what made them harmless was taken away (a comment's end, a
/// waiver, another import), or the file has become a test by its name. While a merge is concluded, a file has more than one
/// before; the range of the push or the pull request has one.
fn is_compared(file: &FileChange, ask: &Ask<'_>) -> bool {
    let changed = file.old_blob.is_some() && (file.blob != file.old_blob || file.old_path.is_some());
    let merging = || matches!(ask.what, What::Staged) && ask.git.paths().git_dir.join("MERGE_HEAD").exists();
    changed && !file.special && !file.removed && file.lines != Lines::All && !merging()
}

/// Of what was found in a whole file: what stands in its judged lines, and elsewhere what was not found in the file before.
/// `None` = the time is over.
fn only_new(
    found: &mut Scanned,
    size: usize,
    file: &FileChange,
    ask: &Ask<'_>,
    (scanner, go_on): Scan<'_, '_>,
) -> Option<Result<(), String>> {
    found.waived.retain(|mark| file.lines.has(mark.finding.line));
    let too_large = scanner.size(&file.path, size as u64).filter(|_| !file.lines.is_empty());
    let judged = |found: &Finding| file.lines.has(found.line) || too_large.as_ref() == Some(found);
    if found.findings.iter().all(judged) {
        return Some(Ok(()));
    }
    let mut before = Vec::new();
    if let Some(blob) = file.old_blob {
        if let Err(e) = ask.git.read_blob(blob, &mut before) {
            return Some(Err(format!("{}: {e}", file.path)));
        }
    }
    let old = scanner.scan_while(file.old_path.as_deref().unwrap_or(&file.path), &before, &Lines::All, go_on)?;
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for one in old.findings {
        *known.entry((one.rule, one.excerpt)).or_default() += 1;
    }
    found.findings.retain(|one| {
        judged(one)
            || match known.get_mut(&(one.rule.clone(), one.excerpt.clone())) {
                Some(n @ 1..) => {
                    *n -= 1;
                    false
                }
                _ => true,
            }
    });
    Some(Ok(()))
}

/// Gives each gate what its rule found.
fn shared_out(f: usize, file: &FileChange, found: Scanned, of_path: &[usize], looks: &[Look<'_>], ask: &Ask<'_>, part: &mut Part) {
    let Scanned { mut findings, waived, bad_waivers, .. } = found;
    let mut let_through = Vec::new();
    for mark in waived {
        // Nobody waives for himself what he is judged by when it goes onto its target: there a mark counts only if it was on
        // the target before.
        let own = matches!(ask.what, What::Range { .. } | What::Staged) && file.lines.has(mark.line);
        if own && ask.when == When::Land {
            let advice =
                format!("{}; the mark in line {} came with this change and does not count here", mark.finding.advice, mark.line);
            findings.push(Finding { advice, ..mark.finding });
        } else {
            let by = if own { ask.authors.join(", ") } else { String::new() };
            let by = if by.is_empty() { "a mark in the code".to_owned() } else { by };
            let place = format!("{}:{}", file.path, mark.line);
            let_through.push(Waived { finding: Some(mark.finding), reason: mark.reason, by, until: None, place });
        }
    }
    for finding in &mut findings {
        // They are in order.
        let near = &bad_waivers[bad_waivers.partition_point(|b| b.line + 1 < finding.line)..];
        if let Some(bad) = near.first().filter(|b| b.line <= finding.line) {
            finding.advice = format!("{}; the mark in line {} lets nothing through: {}", finding.advice, bad.line, bad.why);
        }
    }
    for l in of_path {
        let of_rule = |rule: &str| rule == looks[*l].rule.id;
        part.findings.extend(findings.iter().filter(|found| of_rule(&found.rule)).map(|found| (*l, f, found.clone())));
        let marked = let_through.iter().filter(|w| w.finding.as_ref().is_some_and(|found| of_rule(&found.rule)));
        part.waived.extend(marked.map(|w| (*l, f, w.clone())));
    }
}

enum Content {
    Bytes(Vec<u8>),
    /// Not read at all; what its size alone says.
    TooLarge(Option<Finding>),
}

fn read(file: &FileChange, ask: &Ask<'_>, scanner: &Scanner<'_>) -> Result<Content, String> {
    if file.blob.is_none() {
        let size = std::fs::symlink_metadata(ask.top.join(crate::diff::raw(&file.path))).map_or(0, |m| m.len());
        if size > READ_AT_MOST {
            return Ok(Content::TooLarge(scanner.size(&file.path, size)));
        }
    }
    super::content(ask, file).map(Content::Bytes)
}
