//! The real files (`BD_COMPAT_DATA`), read without the importer: a record is one event.

use bd::fold::{Bead, State};
use bd::model::{Actor, BeadId, DepType, Edge, Event, EventId, Fields, Kind, Value};

/// Name, beads, and the latest time that any bead was changed, of every file; none where the data is not there.
pub fn files() -> Vec<(String, Vec<Bead>, i64)> {
    let Some(folder) = bd_tests::compat_data() else { return Vec::new() };
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder.join("real")).expect("the folder of real data").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().extension().is_some_and(|e| e == "jsonl") {
            let text = std::fs::read_to_string(entry.path()).expect("a readable file");
            let state = load(&text);
            let beads = state.beads();
            let now = beads.iter().filter_map(|b| b.updated_at()?.parse::<jiff::Timestamp>().ok()).max().expect("a time");
            out.push((name, beads, now.as_millisecond()));
        }
    }
    assert!(out.len() >= 3, "the real data has three files or more");
    out
}

fn load(text: &str) -> State {
    let mut state = State::new();
    let mut records = 0;
    for (number, line) in text.lines().enumerate() {
        let mut fields: Fields = serde_json::from_str(line).unwrap_or_else(|e| panic!("line {}: {e}", number + 1));
        let id = fields.remove("id").and_then(|v| v.decode::<String>()).expect("an id");
        let at = fields.get("created_at").and_then(Value::decode::<String>).unwrap_or_default();
        let bead = BeadId::new(&id).unwrap_or_else(|e| panic!("line {}: {e}", number + 1));
        let mut event = Event::new(EventId(number as u128 + 1), at, Actor::new("import"), bead, Kind::IMPORT);
        event.labels = fields.remove("labels").and_then(|v| v.decode()).unwrap_or_default();
        event.links = edges(fields.remove("dependencies").as_ref());
        fields.remove("comments");
        event.set = fields;
        state.add(event);
        records += 1;
    }
    assert!(records > 1000);
    state
}

fn edges(list: Option<&Value>) -> Vec<Edge> {
    let list: Vec<Fields> = list.and_then(Value::decode).unwrap_or_default();
    let text = |edge: &Fields, key: &str| edge.get(key).and_then(Value::decode::<String>);
    list.iter()
        .map(|edge| Edge {
            to: text(edge, "depends_on_id").expect("a target"),
            kind: DepType::new(&text(edge, "type").expect("a type")).expect("a legal type"),
            meta: edge.get("metadata").map(|m| Value::of(&Fields::new().with("metadata", m.clone()))),
        })
        .collect()
}
