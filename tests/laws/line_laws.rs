//! Reading what was written gives the same bytes.

use crate::cases::cases;
use crate::world::World;
use bd::model::{Event, Value};
use bd_tests::Rng;

fn odd_json(rng: &mut Rng, depth: usize) -> String {
    let digits = |rng: &mut Rng, n: usize| (0..n).map(|_| char::from(b'1' + rng.below(9) as u8)).collect::<String>();
    match rng.below(if depth > 2 { 6 } else { 8 }) {
        0 => digits(rng, 30),
        1 => format!("-{}.{}e{}", digits(rng, 3), digits(rng, 25), rng.below(400)),
        2 => "null".into(),
        3 => r#""\u003c\ud83d\ude00\\\"\u0000é""#.into(),
        4 => "1.0".into(),
        5 => "true".into(),
        6 => format!("[{},{}]", odd_json(rng, depth + 1), odd_json(rng, depth + 1)),
        _ => format!(r#"{{"z":{},"a":{},"z ":{}}}"#, odd_json(rng, depth + 1), odd_json(rng, depth + 1), rng.below(9)),
    }
}

// goal: L4 tier1
#[test]
fn a_line_survives_reading_and_writing() {
    cases(10_000, |seed| {
        let world = World::new(seed, 1);
        let mut rng = Rng::new(seed ^ 5);
        for event in world.events.iter().take(4) {
            let mut event = event.clone();
            event.v = 1 + rng.below(3) as u64;
            event.set.set("metadata", Value::from_json(&odd_json(&mut rng, 0)).expect("JSON"));
            for key in ["zz", "sig", "a b"] {
                event.extra.set(key, Value::from_json(&odd_json(&mut rng, 0)).expect("JSON"));
            }
            let line = event.to_line().expect("a line");
            assert!(!line.contains('\n'));
            let read = Event::parse(&line).expect("it was written by us");
            assert_eq!(read, event);
            assert_eq!(read.to_line().expect("a line"), line);
            assert_eq!(Event::parse(&format!("{}{line}", " ".repeat(rng.below(5)))).expect("packed rides are indented"), event);
            assert!(Event::parse(&line[..line.len() - 1]).is_err(), "a torn line is no event");
        }
    });
}
