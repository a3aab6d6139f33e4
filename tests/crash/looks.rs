//! A look keeps what it computed beside the cache: killed while it does so, it spoils no other look.

use crate::flow::{Flow, NOW};
use crate::stage::{log, passed};
use bd_tests::Output;
use std::collections::BTreeSet;

/// Looks that keep something, each of every kind.
const KEEP: &[&str] = &["status", "hook", "molecule list", "convoy list", "mail inbox"];

fn forget(flow: &Flow) {
    let cache = flow.wes.beads_dir().join("cache");
    for entry in std::fs::read_dir(&cache).expect("a cache").flatten() {
        if entry.file_name().to_string_lossy().starts_with("gt-") {
            std::fs::remove_file(entry.path()).expect("a view");
        }
    }
}

fn look(flow: &Flow, line: &str, point: Option<&str>) -> Output {
    let args: Vec<&str> = line.split(' ').collect();
    let cmd = flow.wes.gt_cmd(&args).now(NOW).env("BD_FAILPOINT_LOG", log(&flow.sandbox));
    match point {
        Some(point) => cmd.fail_at(point).run(),
        None => cmd.run(),
    }
}

// goal: T24 W15 tier1
#[test]
fn a_look_that_is_killed_spoils_no_other() {
    let flow = Flow::new();
    crate::flow_rows::enter_approved(&flow);
    let mut all = BTreeSet::new();
    for line in KEEP {
        look(&flow, line, None).ok();
        forget(&flow);
        passed(&flow.sandbox);
        let said = look(&flow, line, None).ok().to_owned();
        let points: Vec<String> = passed(&flow.sandbox).into_iter().filter(|p| p.starts_with("gt.view.")).collect();
        assert!(!points.is_empty(), "`gt {line}` keeps nothing");
        for (n, point) in points.iter().enumerate() {
            let nth = points[..=n].iter().filter(|p| *p == point).count();
            let story = format!("`gt {line}` killed at {point}#{nth}");
            forget(&flow);
            assert_eq!(look(&flow, line, Some(&format!("{point}#{nth}"))).code(), 128 + 6, "{story}");
            for turn in ["next", "one after it"] {
                assert_eq!(look(&flow, line, None).ok(), said, "{story}: the {turn} says something else");
            }
        }
        all.extend(points);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(all, ["gt.view.rename.after", "gt.view.write.after", "gt.view.write.before"]);
}
