//! `create -f plan.md`: a Markdown plan to drafts of beads (reference/beads.md 4.1, 6).
//!
//! ```text
//! # Anything before the first bead is the plan's own
//!
//! ## Title of a bead
//! Priority: 1
//! Labels: a, b
//!
//! Text up to the next heading is the description.
//!
//! ### Acceptance criteria
//! Sections hold the longer fields; `### Priority` and the like work as well.
//! ```

use crate::error::Error;
use crate::model::DepType;

/// A bead as a plan describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The line of its heading, from 1.
    pub line: usize,
    /// The heading.
    pub title: String,
    /// 0 to 4.
    pub priority: Option<i64>,
    /// The type.
    pub issue_type: Option<String>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// Labels in their order, each once.
    pub labels: Vec<String>,
    /// Edges: type and target. A target without a type blocks.
    pub dependencies: Vec<(DepType, String)>,
    /// The text before the first section, and the section of that name.
    pub description: String,
    /// Section `Design`.
    pub design: String,
    /// Section `Acceptance criteria`.
    pub acceptance_criteria: String,
    /// Section `Notes`.
    pub notes: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Priority,
    Type,
    Assignee,
    Labels,
    Dependencies,
    Description,
    Design,
    Acceptance,
    Notes,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_matches('*').trim_end_matches(':').to_lowercase();
        Some(match name.as_str() {
            "priority" => Self::Priority,
            "type" => Self::Type,
            "assignee" => Self::Assignee,
            "labels" | "label" => Self::Labels,
            "dependencies" | "deps" | "depends on" => Self::Dependencies,
            "description" => Self::Description,
            "design" => Self::Design,
            "acceptance criteria" | "acceptance" => Self::Acceptance,
            "notes" => Self::Notes,
            _ => return None,
        })
    }

    /// True for what fits on a line.
    fn is_short(self) -> bool {
        matches!(self, Self::Priority | Self::Type | Self::Assignee | Self::Labels | Self::Dependencies)
    }
}

/// Reads a plan.
///
/// # Errors
/// A value that cannot be one, with its line; a heading without a text; no heading at all. Nothing is read in part.
pub fn parse(text: &str) -> Result<Vec<Draft>, Error> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut at = Place::default();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate().map(|(n, l)| (n + 1, l)) {
        if at.fence(line) {
            if let Some(draft) = drafts.last_mut() {
                at.text(draft, number, line)?;
            }
            continue;
        }
        match (heading(line), drafts.last_mut()) {
            (Some((2, "")), _) => return Err(wrong(number, "a heading without a title")),
            (Some((2, title)), _) => {
                drafts.push(Draft { line: number, title: title.to_owned(), ..Draft::default() });
                at = Place { head: true, ..Place::default() };
            }
            (Some((3, name)), Some(draft)) => {
                at.head = false;
                at.section = Field::named(name);
                if at.section.is_none() {
                    // A heading of the writer's own is part of the description.
                    at.text(draft, number, line)?;
                }
            }
            (_, Some(draft)) => at.text(draft, number, line)?,
            (_, None) => {}
        }
    }
    for draft in &mut drafts {
        for field in [&mut draft.description, &mut draft.design, &mut draft.acceptance_criteria, &mut draft.notes] {
            *field = field.trim_matches('\n').trim_end().to_owned();
        }
    }
    if drafts.is_empty() {
        return Err(Error::usage("the plan has no bead").hint("Each bead begins with a line `## Title`"));
    }
    Ok(drafts)
}

/// Where in a bead the reader is.
#[derive(Default)]
struct Place {
    /// Right after the heading, where `Name: value` lines stand.
    head: bool,
    section: Option<Field>,
    /// The fence of the code block that is open.
    code: Option<String>,
}

impl Place {
    /// True inside a code block and on its fences, where nothing is a heading.
    fn fence(&mut self, line: &str) -> bool {
        let line = line.trim_start();
        let mark: String = line.chars().take_while(|c| *c == '`' || *c == '~').collect();
        match &self.code {
            Some(open) => {
                if line.trim_end() == mark && mark.starts_with(open.as_str()) {
                    self.code = None;
                }
                true
            }
            None if mark.len() >= 3 && (mark.chars().all(|c| c == '`') || mark.chars().all(|c| c == '~')) => {
                self.code = Some(mark);
                true
            }
            None => false,
        }
    }

    fn text(&mut self, draft: &mut Draft, number: usize, line: &str) -> Result<(), Error> {
        if self.head {
            let item = line.trim().trim_start_matches(['-', '*']).trim_start();
            match item.split_once(':').and_then(|(name, value)| Some((Field::named(name)?, value))) {
                Some((field, value)) if field.is_short() => return set(draft, field, value.trim().trim_start_matches('*'), number),
                _ => self.head = line.trim().is_empty() && draft.description.is_empty(),
            }
        }
        match self.section {
            Some(field) if field.is_short() => set(draft, field, line.trim().trim_start_matches(['-', '*']), number),
            section => {
                let into = match section {
                    Some(Field::Design) => &mut draft.design,
                    Some(Field::Acceptance) => &mut draft.acceptance_criteria,
                    Some(Field::Notes) => &mut draft.notes,
                    _ => &mut draft.description,
                };
                into.push_str(line);
                into.push('\n');
                Ok(())
            }
        }
    }
}

/// The level and text of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let rest = &line[level..];
    let is = (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is.then(|| (level, rest.trim().trim_end_matches('#').trim_end()))
}

fn set(draft: &mut Draft, field: Field, value: &str, line: usize) -> Result<(), Error> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(());
    }
    match field {
        Field::Priority => {
            let digit = value.trim_start_matches(['P', 'p']);
            let priority = digit.parse().ok().filter(|p| (0..=4).contains(p));
            draft.priority = Some(priority.ok_or_else(|| wrong(line, format!("the priority `{value}` is none of 0 to 4")))?);
        }
        Field::Type => draft.issue_type = Some(value.to_lowercase()),
        Field::Assignee => draft.assignee = Some(value.to_owned()),
        Field::Labels => {
            for label in value.split([',', ' ', '\t']).filter(|l| !l.is_empty()) {
                if !draft.labels.iter().any(|l| l == label) {
                    draft.labels.push(label.to_owned());
                }
            }
        }
        Field::Dependencies => {
            for item in value.split([',', ' ', '\t']).filter(|i| !i.is_empty()) {
                draft.dependencies.push(dependency(item, line)?);
            }
        }
        Field::Description | Field::Design | Field::Acceptance | Field::Notes => {}
    }
    Ok(())
}

/// `id`, `type:id` or `external:project:capability`, the last one with a type before it or without.
fn dependency(item: &str, line: usize) -> Result<(DepType, String), Error> {
    let (kind, to) = match item.split_once(':') {
        Some((kind, to)) if kind != "external" => (kind, to),
        _ => ("blocks", item),
    };
    match DepType::new(kind) {
        Some(kind) if !to.is_empty() => Ok((kind, to.to_owned())),
        _ => Err(wrong(line, format!("the dependency `{item}` is neither an id nor `type:id`"))),
    }
}

fn wrong(line: usize, what: impl std::fmt::Display) -> Error {
    Error::usage(format!("line {line} of the plan: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "# Plan\nPriority: 9\n\n## First thing ##\n- **Priority:** P0\n- Type: Bug\nLabels: a, b a\nDeps: t-1, discovered-from:t-2\n\nWhat it is.\nType: of text\n\n### Own heading\nmore\n\n### Acceptance Criteria\n- works\n\n### Labels\nc\n\n## Second\n\n### Priority\n3\n\n### Dependencies\n- external:lib:cap\n- blocks:t-9\n\n### Design\n```sh\n## no heading\n### Notes\n```\n### Notes\nn\n\n## Third\n";

    #[test]
    fn lines_and_sections_and_text() {
        let drafts = parse(PLAN).unwrap();
        assert_eq!(
            drafts.iter().map(|d| (d.line, d.title.as_str())).collect::<Vec<_>>(),
            [(4, "First thing"), (22, "Second"), (39, "Third")]
        );
        let first = &drafts[0];
        assert_eq!((first.priority, first.issue_type.as_deref()), (Some(0), Some("bug")));
        assert_eq!(first.labels, ["a", "b", "c"]);
        assert_eq!(first.dependencies, [(DepType::BLOCKS, "t-1".to_owned()), (DepType::DISCOVERED_FROM, "t-2".to_owned())]);
        assert_eq!(first.description, "What it is.\nType: of text\n\n### Own heading\nmore");
        assert_eq!(first.acceptance_criteria, "- works");
        let second = &drafts[1];
        assert_eq!(second.priority, Some(3));
        assert_eq!(second.dependencies[0].1, "external:lib:cap");
        assert_eq!(second.design, "```sh\n## no heading\n### Notes\n```");
        assert_eq!(second.notes, "n");
        assert_eq!(drafts[2], Draft { line: 39, title: "Third".into(), ..Draft::default() });
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_nothing_is_read_in_part() {
        for (plan, what) in [
            ("## a\n\nPriority: high\n", "line 3 of the plan: the priority `high`"),
            ("## a\n### Priority\n7", "line 3 of the plan: the priority `7`"),
            ("## a\nx\n## \n", "line 3 of the plan: a heading without a title"),
            ("## a\nDeps: blocks:\n", "line 2 of the plan: the dependency `blocks:`"),
            ("", "the plan has no bead"),
            ("# only\ntext", "the plan has no bead"),
        ] {
            let error = parse(plan).unwrap_err();
            assert!(error.message.starts_with(what), "{error}");
            assert_eq!(error.kind.exit_code(), 2);
        }
    }

    #[test]
    fn crlf_and_a_bom_are_nothing() {
        let drafts = parse("\u{feff}## a\r\nPriority: 1\r\n\r\ntext\r\n").unwrap();
        assert_eq!((drafts[0].priority, drafts[0].description.as_str()), (Some(1), "text"));
    }
}
