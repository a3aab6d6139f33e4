//! How messages are printed.

use crate::mail::text::cut;
use crate::mail::{MailKind, Marks, Message, Priority};
use bd::model::EventId;
use bd::ui::{Style, Table, Text};
use serde::Serialize;
use serde_json::{Value, json};

/// How many rows are printed before a line says how many more there are.
pub(super) const ROWS: usize = 20;

/// A message as JSON, its names in alphabetical order. It is written as it is: of thousands no tree need be made first.
#[derive(Serialize)]
pub(super) struct Object {
    about: Option<String>,
    acks: Vec<Acked>,
    archived: bool,
    artifacts: Value,
    body: String,
    by: String,
    cc: Vec<String>,
    from: String,
    id: EventId,
    pinned: bool,
    priority: &'static str,
    read: bool,
    recipients: Vec<String>,
    redacted: bool,
    reply_to: Option<EventId>,
    subject: String,
    thread_id: EventId,
    timestamp: String,
    to: Vec<String>,
    r#type: &'static str,
}

/// An acknowledgement.
#[derive(Serialize)]
struct Acked {
    at: String,
    by: String,
}

/// A message as JSON.
pub(super) fn object(message: Message, marks: &Marks) -> Object {
    let (read, archived) = (marks.is_read(&message), marks.is_archived(&message));
    Object {
        about: message.about,
        acks: message.acks.into_iter().map(|a| Acked { at: a.at, by: a.by }).collect(),
        archived,
        artifacts: json!(message.artifacts),
        body: message.body,
        by: message.by,
        cc: message.cc,
        from: message.from,
        id: message.id,
        pinned: message.pinned,
        priority: message.priority.as_str(),
        read,
        recipients: message.recipients,
        redacted: message.redacted,
        reply_to: message.reply_to,
        subject: message.subject,
        thread_id: message.thread,
        timestamp: message.at,
        to: message.to,
        r#type: message.kind.as_str(),
    }
}

/// Its schema.
pub(super) fn schema() -> Value {
    let words = |all: &[&str]| json!({"enum": all});
    let kinds: Vec<&str> = MailKind::ALL.iter().map(|k| k.as_str()).collect();
    let priorities: Vec<&str> = Priority::ALL.iter().map(|p| p.as_str()).collect();
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    let perhaps = json!({"type": ["string", "null"]});
    let flag = json!({"type": "boolean"});
    json!({"type": "object", "required": ["id", "from", "to", "subject", "body", "timestamp", "type", "priority", "read", "acks"],
    "properties": {
        "id": text, "from": text, "by": text, "to": texts, "cc": texts, "recipients": texts, "subject": text, "body": text,
        "timestamp": text, "type": words(&kinds), "priority": words(&priorities), "thread_id": text, "reply_to": perhaps,
        "pinned": flag, "about": perhaps, "redacted": flag, "read": flag, "archived": flag,
        "artifacts": {"type": "array", "items": {"type": "object", "required": ["path", "blob"],
            "properties": {"path": text, "blob": text}}},
        "acks": {"type": "array", "items": {"type": "object", "required": ["by", "at"], "properties": {"by": text, "at": text}}},
    }})
}

/// The schema of a list of them.
pub(super) fn list_schema() -> Value {
    json!({"type": "array", "items": schema()})
}

/// The time of a message, to the minute.
pub(super) fn time(message: &Message) -> String {
    message.at.get(..16).unwrap_or(&message.at).replace('T', " ")
}

fn mark(message: &Message, marks: &Marks) -> Text {
    match (marks.is_archived(message), marks.is_read(message)) {
        (true, _) => Text::new().with(Style::Dim, "-"),
        (false, true) => Text::new().plain(" "),
        (false, false) => Text::new().with(Style::Active, "●"),
    }
}

/// One row: the number of it (0 = none), unread, id, time, who, subject.
pub(super) fn row(short: &str, marks: &Marks, number: usize, message: &Message, who: &str) -> Vec<Text> {
    let mut about = Text::new();
    if message.pinned {
        about.push(Style::Label, "[pinned] ");
    }
    match message.priority {
        Priority::Urgent => about.push(Style::Bad, "[urgent] "),
        Priority::High => about.push(Style::Warn, "[high] "),
        Priority::Low | Priority::Normal => {}
    }
    about.push(Style::Plain, &message.subject);
    let mut cells = vec![mark(message, marks)];
    if number > 0 {
        cells.insert(0, Text::new().with(Style::Dim, format!("{number:>2}")));
    }
    cells.extend([
        Text::new().with(Style::Id, short),
        Text::new().with(Style::Dim, time(message)),
        Text::new().with(Style::Actor, cut(who, 32)),
        about,
    ]);
    cells
}

/// The lines of a table of messages, at most `most` (0 = all), and how many are left.
pub(super) fn table(rows: Vec<Vec<Text>>, most: usize, width: usize) -> (Vec<Text>, usize) {
    let total = rows.len();
    let take = if most == 0 { total } else { most };
    let mut table = Table::new();
    for row in rows.into_iter().take(take) {
        table.row(row);
    }
    (table.lines(width), total.saturating_sub(take))
}

/// A message whole, in the layout of the mail that people know from Gas Town.
pub(super) fn letter(short: &str, message: &Message, reader: &str) -> Vec<Text> {
    // A molecule hands itself on: its name stands in the first line of the text. That line is a text that anybody may write,
    // so it is printed as one; who wrote stands at the end.
    let molecule = (message.kind == MailKind::Handoff).then(|| message.body.split_once("\n\n")).flatten();
    let (mut out, body) = match molecule.and_then(|(head, rest)| Some((head.strip_prefix("From: ")?, rest))) {
        Some((from, rest)) if from.ends_with(" (Polecat)") && !from.contains('\n') => {
            let head = vec![
                Text::new().plain("📨 Gas Town Mail"),
                Text::new().plain(format!("From: {from}")),
                Text::new().plain(format!("To: {}", message.to.first().map_or(reader, String::as_str))),
                Text::new().plain("Subject: ").with(Style::Strong, &message.subject),
            ];
            (head, rest)
        }
        _ => {
            let head = vec![
                Text::new().plain(format!("📨 Gas Town Mail to: {reader} (view: gastown mail inbox)")),
                Text::new().plain("📋 Subject: ").with(Style::Strong, &message.subject),
            ];
            (head, message.body.as_str())
        }
    };
    out.push(Text::new());
    out.extend(body.lines().map(|line| Text::new().plain(line)));
    if !message.body.is_empty() {
        out.push(Text::new());
    }
    if !message.artifacts.is_empty() {
        out.push(Text::new().with(Style::Strong, "Artifacts"));
        for artifact in &message.artifacts {
            let blob: String = artifact.blob.chars().take(10).collect();
            out.push(
                Text::new()
                    .plain("- ")
                    .plain(&artifact.path)
                    .with(Style::Dim, if blob.is_empty() { blob } else { format!(" ({blob})") }),
            );
        }
        out.push(Text::new());
    }
    let from =
        if message.from == message.by { message.from.clone() } else { format!("{} (written by {})", message.from, message.by) };
    out.push(Text::new().plain("From: ").with(Style::Actor, from).with(Style::Dim, format!("  {}", time(message))));
    out.push(Text::new().plain(format!("To: {}", message.to.join(", "))));
    if !message.cc.is_empty() {
        out.push(Text::new().plain(format!("Cc: {}", message.cc.join(", "))));
    }
    let mut about = Text::new().plain(format!("{}, {}, id ", message.kind.as_str(), message.priority.as_str()));
    about.push(Style::Id, short);
    if let Some(bead) = &message.about {
        about = about.plain(", about ").with(Style::Id, bead);
    }
    out.push(about);
    out.push(acks(message));
    out
}

/// Who has acknowledged a message. Who has read it is known in the reader's clone only.
pub(super) fn acks(message: &Message) -> Text {
    let mut line = Text::new().plain("Acknowledged: ");
    if message.acks.is_empty() {
        return line.with(Style::Dim, "by nobody yet");
    }
    for (at, ack) in message.acks.iter().enumerate() {
        line.push(Style::Actor, &ack.by);
        line.push(Style::Dim, format!(" {}", ack.at.get(..16).unwrap_or(&ack.at).replace('T', " ")));
        if at + 1 < message.acks.len() {
            line.push(Style::Plain, ", ");
        }
    }
    line
}
