//! A bead on one line.

use super::{Style, Text};
use crate::query::{Row, StatusClass};

/// A sign for a status that reads without colour.
pub fn status_symbol(class: StatusClass) -> (&'static str, Style) {
    match class {
        StatusClass::Active => ("○", Style::Plain),
        StatusClass::InProgress | StatusClass::Wip => ("◐", Style::Active),
        StatusClass::Blocked => ("●", Style::Bad),
        StatusClass::Deferred | StatusClass::Frozen => ("❄", Style::Dim),
        StatusClass::Pinned => ("◆", Style::Actor),
        StatusClass::Done => ("✓", Style::Good),
    }
}

/// `P0` to `P4`.
pub fn priority_word(priority: i64) -> (String, Style) {
    let style = match priority {
        0 => Style::Bad,
        1 => Style::Warn,
        2 => Style::Plain,
        _ => Style::Dim,
    };
    (format!("P{priority}"), style)
}

/// The cells of a row of a list: sign and id, priority, type, title with what else is worth a word.
pub fn bead_line(row: &Row, short: &str) -> Vec<Text> {
    let (sign, sign_style) = status_symbol(row.class);
    let (priority, priority_style) = priority_word(row.priority);
    let mut title = Text::new().plain(&row.title);
    if row.conflict {
        title.push(Style::Bad, "  [conflict]");
    }
    if row.contested {
        title.push(Style::Bad, "  [contested]");
    }
    if let Some(who) = &row.assignee {
        title.push(Style::Actor, format!("  @{who}"));
    }
    if !row.labels.is_empty() {
        title.push(Style::Label, format!("  {}", row.labels.join(" ")));
    }
    vec![
        Text::new().with(sign_style, sign).plain(" ").with(Style::Id, short),
        Text::new().with(priority_style, priority),
        Text::new().with(Style::Dim, &row.issue_type),
        title,
    ]
}

/// The line below a list that was cut.
pub fn more_line(more: usize) -> Text {
    Text::new().with(Style::Dim, format!("… {more} more (-n 0 shows all)"))
}
