//! What came out, by room and by mutant.

use crate::tree::Place;
use crate::verdicts;

/// Why a mutant is not in the binary although cargo-mutants would build it.
pub const NOT_OURS: [&str; 3] = ["in a constant", "its place was not found", "returns `impl`"];

pub fn print(place: &Place) -> Result<(), String> {
    let (mutants, out, verdicts) = (place.mutants()?, place.out(), verdicts::read(place));
    println!("| room | mutants | do not compile | caught | by timeout | missed | not run | caught of all that compile |");
    println!("|---|---|---|---|---|---|---|---|");
    for room in ["gate", "scan"] {
        let (mut all, mut unviable, mut caught, mut timeout, mut missed, mut not_run) = (0, 0, 0, 0, 0, 0);
        for (n, mutant) in mutants.iter().enumerate().filter(|(_, m)| m.room() == room) {
            all += 1;
            match (out.get(&n), verdicts.get(&mutant.key).map(|v| v.verdict.as_str())) {
                (Some(why), None) if !NOT_OURS.contains(&why.as_str()) => unviable += 1,
                (_, Some("caught")) => caught += 1,
                (_, Some("timeout")) => timeout += 1,
                (_, Some(_)) => missed += 1,
                (_, None) => not_run += 1,
            }
        }
        let share = 100.0 * f64::from(caught + timeout) / f64::from(all - unviable).max(1.0);
        println!("| `hooks/src/{room}` | {all} | {unviable} | {caught} | {timeout} | {missed} | {not_run} | {share:.1} % |");
    }
    println!();
    for (n, mutant) in mutants.iter().enumerate() {
        let verdict = verdicts.get(&mutant.key);
        if let Some(why) = out.get(&n).filter(|why| NOT_OURS.contains(&why.as_str()) && verdict.is_none()) {
            println!("not run ({why}): {}", mutant.name);
        } else if let Some(v) = verdict.filter(|v| v.verdict == "missed") {
            println!("missed ({} by {} tests): {}", v.suite, v.reached, mutant.name);
        }
    }
    Ok(())
}
