//! The expressions of `bd query`: `status=open AND (priority<=1 OR label=urgent) AND NOT updated>7d`.
//!
//! Terms are `field op value`; operators `= != > >= < <=`; `AND OR NOT` in any case, `NOT` binds strongest, then `AND`;
//! `none` as a value means that the field is empty. Times take a date (`created>2026-01-01`: after it) or an age
//! (`updated>7d`: longer ago than that).

use super::dates::{Day, parse_age, parse_date};
use super::filter::{contains, glob};
use super::row::Row;
use super::suggest::nearest;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::DepType;
use jiff::Timestamp;
use regex::Regex;
use std::cmp::Ordering;

/// How deep expressions may be nested.
const MAX_DEPTH: usize = 64;
const DAY: i64 = 86_400_000;

/// The fields that can be asked for.
pub const FIELDS: &[&str] = &[
    "status",
    "priority",
    "type",
    "assignee",
    "owner",
    "label",
    "title",
    "description",
    "notes",
    "created",
    "updated",
    "closed",
    "due",
    "defer",
    "id",
    "spec",
    "pinned",
    "ephemeral",
    "template",
    "parent",
    "mol_type",
    "outcome",
];

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Query {
    root: Expr,
}

#[derive(Clone, Debug)]
enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Term(Term),
}

#[derive(Clone, Debug)]
struct Term {
    field: &'static str,
    op: Op,
    value: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Debug)]
enum Wanted {
    None,
    Text(String),
    Pattern(Regex),
    Number(i64),
    Flag(bool),
    /// An instant and whether a whole day was meant.
    Time(i64, bool),
    /// The instant that long ago.
    Age(i64),
}

impl Op {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
        }
    }
}

impl Query {
    /// Reads an expression; times are relative to `now`.
    ///
    /// # Errors
    /// Usage, with the column (counted in characters from 1) and what was expected there.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { text, tokens: &tokens, place: 0, now };
        let root = parser.any(0)?;
        match parser.peek() {
            None => Ok(Self { root }),
            Some(token) => Err(parser.error(token.at, "expected AND, OR or the end")),
        }
    }

    /// True if the expression says itself which statuses it wants, so that nothing is hidden by default.
    pub fn mentions_status(&self) -> bool {
        self.any_term(&|t| matches!(t.field, "status" | "closed" | "outcome"))
    }

    /// True if some field needs the folded bead and not only its row.
    pub fn needs_bead(&self) -> bool {
        self.any_term(&|t| matches!(t.field, "description" | "notes" | "spec" | "mol_type"))
    }

    fn any_term(&self, f: &dyn Fn(&Term) -> bool) -> bool {
        fn walk(e: &Expr, f: &dyn Fn(&Term) -> bool) -> bool {
            match e {
                Expr::All(parts) | Expr::Any(parts) => parts.iter().any(|p| walk(p, f)),
                Expr::Not(a) => walk(a, f),
                Expr::Term(t) => f(t),
            }
        }
        walk(&self.root, f)
    }

    /// True if the bead is asked for. `bead` is called only where the row does not decide.
    pub fn matches(&self, row: &Row, bead: &mut dyn FnMut() -> Option<Bead>) -> bool {
        fn walk(e: &Expr, row: &Row, bead: &mut dyn FnMut() -> Option<Bead>) -> bool {
            match e {
                Expr::All(parts) => parts.iter().all(|p| walk(p, row, bead)),
                Expr::Any(parts) => parts.iter().any(|p| walk(p, row, bead)),
                Expr::Not(a) => !walk(a, row, bead),
                Expr::Term(t) => t.matches(row, bead),
            }
        }
        walk(&self.root, row, bead)
    }
}

impl Term {
    fn matches(&self, row: &Row, bead: &mut dyn FnMut() -> Option<Bead>) -> bool {
        let mut text = |field: &str| bead().and_then(|b| if field == "notes" { b.notes_text() } else { b.text(field) });
        match self.field {
            "status" => self.is(Some(row.status.as_str())),
            "type" => self.is(Some(&row.issue_type)),
            "assignee" => self.is(row.assignee.as_deref()),
            "owner" => self.is(row.owner.as_deref()),
            "id" => self.is(Some(&row.id)),
            "outcome" => self.is(row.outcome.map(crate::model::Outcome::as_str)),
            "spec" => self.is(text("spec_id").as_deref()),
            "mol_type" => self.is(text("mol_type").as_deref()),
            "title" => self.holds(Some(&row.title)),
            "description" => self.holds(text("description").as_deref()),
            "notes" => self.holds(text("notes").as_deref()),
            "label" => self.is_one(row.labels.iter().map(String::as_str)),
            "parent" => self.is_one(row.edges.iter().filter(|e| e.kind == DepType::PARENT_CHILD).map(|e| e.to.as_str())),
            "pinned" => self.flag(row.pinned || row.class == super::StatusClass::Pinned),
            "ephemeral" => self.flag(row.ephemeral),
            "template" => self.flag(row.template),
            "priority" => matches!(self.value, Wanted::Number(n) if self.op.holds(row.priority.cmp(&n))),
            "created" => self.time(Some(row.created_at)),
            "updated" => self.time(Some(row.updated_at)),
            "closed" => self.time(row.closed_at),
            "due" => self.time(row.due_at),
            "defer" => self.time(row.defer_until),
            _ => false,
        }
    }

    /// Whole text, or a pattern with `*`.
    fn is(&self, text: Option<&str>) -> bool {
        self.is_one(text)
    }

    /// `=`: one of them is it; `!=`: none is.
    fn is_one<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let mut texts = texts.into_iter();
        let found = match &self.value {
            Wanted::None => texts.next().is_none(),
            Wanted::Text(want) => texts.any(|t| t == want),
            Wanted::Pattern(want) => texts.any(|t| want.is_match(t)),
            _ => false,
        };
        found == (self.op == Op::Eq)
    }

    /// A part of the text, whatever its case.
    fn holds(&self, text: Option<&str>) -> bool {
        let found = match &self.value {
            Wanted::None => text.is_none(),
            Wanted::Text(want) => text.is_some_and(|t| contains(t, want)),
            Wanted::Pattern(want) => text.is_some_and(|t| want.is_match(t)),
            _ => false,
        };
        found == (self.op == Op::Eq)
    }

    fn flag(&self, flag: bool) -> bool {
        matches!(self.value, Wanted::Flag(want) if (want == flag) == (self.op == Op::Eq))
    }

    fn time(&self, at: Option<i64>) -> bool {
        if let Wanted::None = self.value {
            return at.is_none() == (self.op == Op::Eq);
        }
        let Some(at) = at else { return self.op == Op::Ne };
        match self.value {
            // An age grows as the instant falls.
            Wanted::Age(then) => self.op.holds(then.cmp(&at)),
            // A day is equal to all its instants.
            Wanted::Time(start, true) if at >= start && at < start + DAY => self.op.holds(Ordering::Equal),
            Wanted::Time(start, _) => self.op.holds(at.cmp(&start)),
            _ => false,
        }
    }
}

#[derive(Debug, PartialEq)]
enum Word {
    Open,
    Close,
    Op(Op),
    /// The text, and whether it stood in quotes.
    Text(String, bool),
}

#[derive(Debug)]
struct Token {
    at: usize,
    word: Word,
}

fn error_at(text: &str, at: usize, what: &str) -> Error {
    let column = text.get(..at).map_or(0, |t| t.chars().count()) + 1;
    Error::usage(format!("query: {what}, at column {column}"))
        .hint("A query looks like: status=open AND (priority<=1 OR label=urgent) AND NOT updated>7d")
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut then_equals = |yes: Op, no: Op| if chars.next_if(|(_, c)| *c == '=').is_some() { yes } else { no };
        let word = match c {
            c if c.is_whitespace() => continue,
            '(' => Word::Open,
            ')' => Word::Close,
            '=' => {
                then_equals(Op::Eq, Op::Eq);
                Word::Op(Op::Eq)
            }
            '>' => Word::Op(then_equals(Op::Ge, Op::Gt)),
            '<' => Word::Op(then_equals(Op::Le, Op::Lt)),
            '!' => match chars.next_if(|(_, c)| *c == '=') {
                Some(_) => Word::Op(Op::Ne),
                None => return Err(error_at(text, at, "`!` stands only in `!=`; write NOT")),
            },
            quote @ ('"' | '\'') => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        Some((_, c)) if c == quote => break,
                        Some((_, '\\')) => value.extend(chars.next().map(|(_, c)| c)),
                        Some((_, c)) => value.push(c),
                        None => return Err(error_at(text, at, "the quote is not closed")),
                    }
                }
                Word::Text(value, true)
            }
            c => {
                let mut value = String::from(c);
                while let Some((_, c)) = chars.next_if(|(_, c)| !c.is_whitespace() && !"()=<>!\"'".contains(*c)) {
                    value.push(c);
                }
                Word::Text(value, false)
            }
        };
        out.push(Token { at, word });
    }
    Ok(out)
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    place: usize,
    now: Timestamp,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.place)
    }

    fn error(&self, at: usize, what: &str) -> Error {
        error_at(self.text, at, what)
    }

    /// Takes the keyword if it comes next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(Token { word: Word::Text(t, false), .. }) if t.eq_ignore_ascii_case(keyword));
        self.place += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Expr> {
        let mut parts = vec![self.all(depth)?];
        while self.keyword("or") {
            parts.push(self.all(depth)?);
        }
        Ok(Expr::Any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Expr> {
        let mut parts = vec![self.one(depth)?];
        while self.keyword("and") {
            parts.push(self.one(depth)?);
        }
        Ok(Expr::All(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Expr> {
        let at = self.peek().map_or(self.text.len(), |t| t.at);
        if depth > MAX_DEPTH {
            return Err(self.error(at, "the expression is nested too deep"));
        }
        if self.keyword("not") {
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        match self.peek() {
            Some(Token { word: Word::Open, .. }) => {
                self.place += 1;
                let inner = self.any(depth + 1)?;
                match self.peek() {
                    Some(Token { word: Word::Close, .. }) => {
                        self.place += 1;
                        Ok(inner)
                    }
                    other => Err(self.error(other.map_or(self.text.len(), |t| t.at), "expected `)`")),
                }
            }
            Some(Token { word: Word::Text(name, _), .. }) => {
                self.place += 1;
                self.term(name, at)
            }
            _ => Err(self.error(at, "expected a field, NOT or `(`")),
        }
    }

    fn term(&mut self, name: &str, at: usize) -> Result<Expr> {
        let lower = name.to_ascii_lowercase();
        let Some(field) = FIELDS.iter().copied().find(|f| *f == alias(&lower)) else {
            let error = self.error(at, &format!("`{}` is no field", name.escape_debug()));
            let near = nearest(&lower, FIELDS.iter().copied(), 3);
            return Err(if near.is_empty() {
                error.hint(format!("Fields: {}", FIELDS.join(" ")))
            } else {
                error.hint(format!("Did you mean {}?", near.join(", ")))
            });
        };
        let end = self.text.len();
        let Some(Token { word: Word::Op(op), at: op_at }) = self.peek() else {
            return Err(
                self.error(self.peek().map_or(end, |t| t.at), &format!("expected an operator (= != > >= < <=) after `{field}`"))
            );
        };
        self.place += 1;
        let Some(Token { word: Word::Text(value, quoted), at }) = self.peek() else {
            return Err(self.error(self.peek().map_or(end, |t| t.at), &format!("expected a value for `{field}`")));
        };
        self.place += 1;
        let ordered = matches!(field, "priority" | "created" | "updated" | "closed" | "due" | "defer");
        if !ordered && !matches!(op, Op::Eq | Op::Ne) {
            return Err(self.error(*op_at, &format!("`{field}` takes only = and !=")));
        }
        let value = self.value(field, value, *quoted, *at)?;
        if matches!(value, Wanted::None) && !matches!(op, Op::Eq | Op::Ne) {
            return Err(self.error(*op_at, "`none` takes only = and !="));
        }
        Ok(Expr::Term(Term { field, op: *op, value }))
    }

    fn value(&self, field: &str, text: &str, quoted: bool, at: usize) -> Result<Wanted> {
        let none = !quoted && text.eq_ignore_ascii_case("none");
        let wrong = |what: &str| self.error(at, &format!("`{}` is no {what}", text.escape_debug()));
        Ok(match field {
            "priority" => {
                let digits = text.strip_prefix(['P', 'p']).unwrap_or(text);
                Wanted::Number(digits.parse().map_err(|_| wrong("priority (0 to 4, P0 to P4)"))?)
            }
            "pinned" | "ephemeral" | "template" => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Wanted::Flag(true),
                "false" | "no" | "0" => Wanted::Flag(false),
                _ => return Err(wrong("yes or no (true, false)")),
            },
            _ if none => Wanted::None,
            "created" | "updated" | "closed" | "due" | "defer" => {
                if let Some(then) = parse_age(text, self.now) {
                    Wanted::Age(then.as_millisecond())
                } else {
                    let read = |day| parse_date(text, self.now, day).map(Timestamp::as_millisecond);
                    let start = read(Day::Start).map_err(|_| wrong("date or age (7d, 2026-02-01, today)"))?;
                    Wanted::Time(start, read(Day::End).is_ok_and(|end| end != start))
                }
            }
            _ if text.contains('*') && !quoted => {
                let folded = matches!(field, "title" | "description" | "notes");
                let pattern = if folded { format!("*{text}*") } else { text.to_owned() };
                let pattern = glob(&pattern).map_err(|e| self.error(at, &e.message))?;
                if folded {
                    let folding = Regex::new(&format!("(?i){pattern}")).map_err(|e| self.error(at, &e.to_string()))?;
                    Wanted::Pattern(folding)
                } else {
                    Wanted::Pattern(pattern)
                }
            }
            _ => Wanted::Text(text.to_owned()),
        })
    }
}

/// Other names of fields, as records and people write them.
fn alias(name: &str) -> &str {
    match name {
        "issue_type" => "type",
        "labels" => "label",
        "desc" => "description",
        "created_at" => "created",
        "updated_at" => "updated",
        "closed_at" => "closed",
        "due_at" => "due",
        "defer_until" => "defer",
        "spec_id" => "spec",
        "is_template" => "template",
        "mol-type" => "mol_type",
        other => other,
    }
}
