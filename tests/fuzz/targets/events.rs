//! Any line: what is read as an event is written so that reading it again gives the same event.
#![no_main]

use bd::model::Event;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(line) = std::str::from_utf8(data) else { return };
    let Ok(event) = Event::parse(line) else { return };
    let Ok(written) = event.to_line() else { return };
    assert!(!written.contains('\n'));
    let again = Event::parse(&written).expect("what was written is an event");
    assert_eq!(event, again);
    assert_eq!(again.to_line().expect("it was written before"), written);
});
