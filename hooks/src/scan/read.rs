//! Reads a rule file: one rule, TOML, every problem with file, line and column.

use super::languages::Languages;
use super::rule::{Alias, Context, Example, Expr, Globs, Pattern, Rule, Text, Within, Wrappers};
use crate::Severity;
use std::fmt;
use std::ops::Range;
use toml_edit::{Document, Item, Table, Value};

/// What is wrong with a rule file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.why)
    }
}

impl std::error::Error for Problem {}

/// Reads a rule. Where `known` has a rule of the same id, what the file says takes that rule's place key by key, and its
/// patterns, contexts and aliases come before that rule's (with `replace = true` nothing of the old rule stays). Keys that
/// nobody knows are in the second part.
///
/// # Errors
/// No TOML, a value of the wrong kind, an expression or glob that does not compile, a new rule without what a rule needs.
pub fn rule(file: &str, text: &str, known: &dyn Fn(&str) -> Option<Rule>) -> Result<(Rule, Vec<Problem>), Problem> {
    let doc = parse(file, text)?;
    let mut reader = Reader { file, text, warnings: Vec::new(), check: true };
    let rule = reader.rule(doc.as_table(), known)?;
    Ok((rule, reader.warnings))
}

/// Reads a rule of our own: expressions are compiled when they are first used (a test compiles all of them).
pub(super) fn built_in(file: &str, text: &str) -> Result<Rule, Problem> {
    let doc = parse(file, text)?;
    let mut reader = Reader { file, text, warnings: Vec::new(), check: false };
    let mut rule = reader.rule(doc.as_table(), &|_| None)?;
    rule.file = None;
    match reader.warnings.pop() {
        Some(warning) => Err(warning),
        None => Ok(rule),
    }
}

pub(super) fn parse(file: &str, text: &str) -> Result<Document<String>, Problem> {
    Document::parse(text.to_owned()).map_err(|e| {
        let why = e.message().lines().collect::<Vec<_>>().join(", ");
        problem(file, text, e.span(), why)
    })
}

fn problem(file: &str, text: &str, span: Option<Range<usize>>, why: impl Into<String>) -> Problem {
    let before = text.get(..span.map_or(0, |s| s.start).min(text.len())).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem { file: file.to_owned(), line, column, why: why.into() }
}

/// Walks one file.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) warnings: Vec<Problem>,
    /// Compile each expression now.
    pub(super) check: bool,
}

type Read<T> = Result<T, Problem>;

impl Reader<'_> {
    fn wrong<T>(&self, item: &Item, why: impl Into<String>) -> Read<T> {
        Err(problem(self.file, self.text, item.span(), why))
    }

    /// A key that nobody asked for.
    pub(super) fn unknown(&mut self, table: &Table, key: &str) {
        let span = table.key(key).and_then(toml_edit::Key::span).or_else(|| table.get(key).and_then(Item::span));
        self.warnings.push(problem(self.file, self.text, span, format!("the key `{key}` is not known and has no effect")));
    }

    fn string(&self, key: &str, item: &Item) -> Read<String> {
        match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => self.wrong(item, format!("`{key}` must be a text")),
        }
    }

    fn boolean(&self, key: &str, item: &Item) -> Read<bool> {
        match item.as_bool() {
            Some(value) => Ok(value),
            None => self.wrong(item, format!("`{key}` must be true or false")),
        }
    }

    fn number(&self, key: &str, item: &Item) -> Read<u64> {
        match item.as_integer().and_then(|n| u64::try_from(n).ok()) {
            Some(n) => Ok(n),
            None => self.wrong(item, format!("`{key}` must be a number from 0")),
        }
    }

    fn severity(&self, key: &str, item: &Item) -> Read<Severity> {
        match item.as_str().and_then(Severity::parse) {
            Some(severity) => Ok(severity),
            None => self.wrong(item, format!("`{key}` must be one of critical, high, medium, low")),
        }
    }

    /// A text or a list of texts.
    pub(super) fn strings(&self, key: &str, item: &Item) -> Read<Vec<String>> {
        let wrong = || format!("`{key}` must be a text or a list of texts");
        match item.as_value() {
            Some(Value::String(text)) => Ok(vec![text.value().clone()]),
            Some(Value::Array(list)) => list
                .iter()
                .map(|v| v.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map_or_else(|| self.wrong(item, wrong()), Ok),
            _ => self.wrong(item, wrong()),
        }
    }

    pub(super) fn expr(&self, key: &str, item: &Item) -> Read<Expr> {
        self.one_expr(key, item, &self.strings(key, item)?)
    }

    fn one_expr(&self, key: &str, item: &Item, parts: &[String]) -> Read<Expr> {
        let expr = Expr::new(parts);
        if self.check {
            if let Err(why) = expr.check() {
                return self.wrong(item, format!("`{key}` is no regular expression: {why}"));
            }
        }
        Ok(expr)
    }

    pub(super) fn globs(&self, key: &str, item: &Item) -> Read<Globs> {
        let texts = self.strings(key, item)?;
        if self.check {
            for text in &texts {
                if let Err(why) = Globs::check(text) {
                    return self.wrong(item, format!("`{text}` in `{key}` is no glob: {why}"));
                }
            }
        }
        Ok(Globs::new(texts))
    }

    fn languages(&self, key: &str, item: &Item) -> Read<Languages> {
        let names = self.strings(key, item)?;
        Languages::from_names(names.iter().map(String::as_str))
            .or_else(|name| self.wrong(item, format!("`{name}` is no language that a scan knows")))
    }

    fn tables<'t>(&self, key: &str, item: &'t Item) -> Read<Vec<&'t Table>> {
        match item.as_array_of_tables() {
            Some(tables) => Ok(tables.iter().collect()),
            None => self.wrong(item, format!("`{key}` must be written as [[{key}]]")),
        }
    }

    fn rule(&mut self, table: &Table, known: &dyn Fn(&str) -> Option<Rule>) -> Read<Rule> {
        let whole = Item::Table(table.clone());
        let Some(id) = table.get("id") else { return self.wrong(&whole, "a rule needs an `id`") };
        let name = self.string("id", id)?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            return self.wrong(id, "an `id` is made of letters, digits, `-`, `_` and `.`");
        }
        let replace = table.get("replace").map(|i| self.boolean("replace", i)).transpose()?.unwrap_or_default();
        let old = if replace { None } else { known(&name) };
        let fresh = old.is_none();
        let mut rule = old.unwrap_or_else(|| empty(name));
        rule.file = Some(self.file.to_owned());
        // What patterns without languages of their own know.
        if let Some(item) = table.get("languages") {
            rule.languages = self.languages("languages", item)?;
        }
        let (mut patterns, mut contexts, mut aliases, mut examples) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (key, item) in table {
            match key {
                "id" | "replace" | "languages" => {}
                "message" => rule.message = self.string(key, item)?,
                "advice" => rule.advice = self.string(key, item)?,
                "severity" => rule.severity = self.severity(key, item)?,
                "only_tests" => rule.only_tests = self.boolean(key, item)?,
                "generated" => rule.generated = self.boolean(key, item)?,
                "binary" => rule.binary = self.boolean(key, item)?,
                "hide" => rule.hide = self.boolean(key, item)?,
                "max_bytes" => rule.max_bytes = Some(self.number(key, item)?),
                "check" => match item.as_str() {
                    Some("beads") => rule.check = Some("beads".to_owned()),
                    _ => return self.wrong(item, "the only `check` that there is is `beads`"),
                },
                "include" => rule.include = self.globs(key, item)?,
                "exclude" => rule.exclude = self.globs(key, item)?,
                "pattern" => {
                    for table in self.tables(key, item)? {
                        self.pattern(table, rule.languages, &mut patterns)?;
                    }
                }
                "context" => {
                    for table in self.tables(key, item)? {
                        contexts.push(self.context(table)?);
                    }
                }
                "alias" => {
                    for table in self.tables(key, item)? {
                        aliases.push(self.alias(table, rule.languages)?);
                    }
                }
                "wrappers" => match item.as_table() {
                    Some(table) => rule.wrappers = Some(self.wrappers(table)?),
                    None => return self.wrong(item, "`wrappers` must be written as [wrappers]"),
                },
                "example" => {
                    for table in self.tables(key, item)? {
                        examples.push(self.example(table)?);
                    }
                }
                other => self.unknown(table, other),
            }
        }
        // The project's come first: the first context that fits decides.
        patterns.append(&mut rule.patterns);
        contexts.append(&mut rule.contexts);
        aliases.append(&mut rule.aliases);
        (rule.patterns, rule.contexts, rule.aliases) = (patterns, contexts, aliases);
        rule.examples.append(&mut examples);
        if fresh {
            for key in ["message", "severity"] {
                if table.get(key).is_none() {
                    return self.wrong(&whole, format!("the new rule `{}` needs a `{key}`", rule.id));
                }
            }
            if rule.patterns.is_empty() && rule.aliases.is_empty() && rule.max_bytes.is_none() && rule.check.is_none() {
                return self.wrong(&whole, format!("the new rule `{}` needs a [[pattern]]", rule.id));
            }
        }
        Ok(rule)
    }

    /// A pattern; with several expressions it is several, because one that matched and did not count must not hide another.
    fn pattern(&mut self, table: &Table, languages: Languages, all: &mut Vec<Pattern>) -> Read<()> {
        let Some(regex) = table.get("match") else {
            return self.wrong(&Item::Table(table.clone()), "a [[pattern]] needs a `match`");
        };
        let mut out = Pattern {
            languages,
            text: Text::Code,
            words: Vec::new(),
            regex: Expr::new(&[]),
            lines: 1,
            unless: None,
            needs: None,
            lacks: None,
            anywhere: false,
            entropy: None,
            severity: None,
            message: None,
            advice: None,
        };
        for (key, item) in table {
            match key {
                "match" => {}
                "languages" => out.languages = self.languages(key, item)?,
                "on" => out.text = self.on(key, item)?,
                "words" => out.words = self.strings(key, item)?,
                "lines" => out.lines = (self.number(key, item)? as usize).clamp(1, 200),
                "unless" => out.unless = Some(self.expr(key, item)?),
                "needs" => out.needs = Some(self.expr(key, item)?),
                "lacks" => out.lacks = Some(self.expr(key, item)?),
                "anywhere" => out.anywhere = self.boolean(key, item)?,
                "entropy" => match item.as_float().or_else(|| item.as_integer().map(|n| n as f64)) {
                    Some(bits) => out.entropy = Some(bits),
                    None => return self.wrong(item, "`entropy` must be a number"),
                },
                "severity" => out.severity = Some(self.severity(key, item)?),
                "message" => out.message = Some(self.string(key, item)?),
                "advice" => out.advice = Some(self.string(key, item)?),
                other => self.unknown(table, other),
            }
        }
        if let Some(empty) = table.get("words").filter(|_| out.words.iter().any(String::is_empty)) {
            return self.wrong(empty, "an empty word stands in every line");
        }
        for text in self.strings("match", regex)? {
            all.push(Pattern { regex: self.one_expr("match", regex, &[text])?, ..out.clone() });
        }
        Ok(())
    }

    fn on(&self, key: &str, item: &Item) -> Read<Text> {
        match item.as_str() {
            Some("code") => Ok(Text::Code),
            Some("strings") => Ok(Text::Strings),
            Some("raw") => Ok(Text::Raw),
            _ => self.wrong(item, format!("`{key}` must be one of code, strings, raw")),
        }
    }

    fn context(&mut self, table: &Table) -> Read<Context> {
        let mut out = Context {
            languages: Languages::EVERY,
            within: Within::Function,
            text: Text::Code,
            what: None,
            before: None,
            after: None,
            has: None,
            lacks: None,
            allow: false,
            severity: None,
            message: None,
            advice: None,
        };
        for (key, item) in table {
            match key {
                "languages" => out.languages = self.languages(key, item)?,
                "within" => {
                    out.within = match item.as_str() {
                        Some("function") => Within::Function,
                        Some("outermost") => Within::Outermost,
                        Some("loop") => Within::Loop,
                        Some("line") => Within::Line,
                        Some("head") => Within::Head,
                        Some("file") => Within::File,
                        _ => return self.wrong(item, "`within` must be one of function, outermost, loop, line, head, file"),
                    };
                }
                "on" => out.text = self.on(key, item)?,
                "what" => out.what = Some(self.expr(key, item)?),
                "before" => out.before = Some(self.expr(key, item)?),
                "after" => out.after = Some(self.expr(key, item)?),
                "has" => out.has = Some(self.expr(key, item)?),
                "lacks" => out.lacks = Some(self.expr(key, item)?),
                "allow" => out.allow = self.boolean(key, item)?,
                "severity" => out.severity = Some(self.severity(key, item)?),
                "message" => out.message = Some(self.string(key, item)?),
                "advice" => out.advice = Some(self.string(key, item)?),
                other => self.unknown(table, other),
            }
        }
        if !out.allow && out.severity.is_none() && out.message.is_none() && out.advice.is_none() {
            return self.wrong(
                &Item::Table(table.clone()),
                "a [[context]] needs what it changes: `allow`, `severity`, `message` or `advice`",
            );
        }
        Ok(out)
    }

    fn alias(&mut self, table: &Table, languages: Languages) -> Read<Alias> {
        let whole = Item::Table(table.clone());
        let Some(name) = table.get("name") else { return self.wrong(&whole, "an [[alias]] needs a `name`") };
        let Some(regex) = table.get("match") else { return self.wrong(&whole, "an [[alias]] needs a `match`") };
        let mut out = Alias {
            name: self.string("name", name)?,
            languages,
            always: Vec::new(),
            regex: self.expr("match", regex)?,
            otherwise: None,
            shadow: None,
            words: Vec::new(),
            calls: false,
        };
        for (key, item) in table {
            match key {
                "name" | "match" => {}
                "languages" => out.languages = self.languages(key, item)?,
                "always" => out.always = self.strings(key, item)?,
                "otherwise" => out.otherwise = Some(self.string(key, item)?),
                "shadow" => out.shadow = Some(self.expr(key, item)?),
                "words" => out.words = self.strings(key, item)?,
                "calls" => out.calls = self.boolean(key, item)?,
                other => self.unknown(table, other),
            }
        }
        Ok(out)
    }

    fn wrappers(&mut self, table: &Table) -> Read<Wrappers> {
        let Some(message) = table.get("message") else {
            return self.wrong(&Item::Table(table.clone()), "[wrappers] needs a `message`");
        };
        let mut out = Wrappers { message: self.string("message", message)?, from: Severity::Low, unless: None };
        for (key, item) in table {
            match key {
                "message" => {}
                "from" => out.from = self.severity(key, item)?,
                "unless" => out.unless = Some(self.expr(key, item)?),
                other => self.unknown(table, other),
            }
        }
        Ok(out)
    }

    fn example(&mut self, table: &Table) -> Read<Example> {
        let whole = Item::Table(table.clone());
        let line = problem(self.file, self.text, table.span(), "").line;
        let mut out =
            Example { language: String::new(), path: String::new(), code: String::new(), finds: Vec::new(), severity: None, line };
        for key in ["path", "code", "finds"] {
            if table.get(key).is_none() {
                return self.wrong(&whole, format!("an [[example]] needs a `{key}`"));
            }
        }
        for (key, item) in table {
            match key {
                "language" => out.language = self.string(key, item)?,
                "path" => out.path = self.string(key, item)?,
                // `§` keeps what looks like a secret from being found in the rule file itself.
                "code" => out.code = self.string(key, item)?.replace('§', ""),
                "severity" => out.severity = Some(self.severity(key, item)?),
                "finds" => {
                    let numbers =
                        item.as_array().and_then(|list| list.iter().map(|n| u32::try_from(n.as_integer()?).ok()).collect());
                    match numbers {
                        Some(numbers) => out.finds = numbers,
                        None => return self.wrong(item, "`finds` must be a list of lines"),
                    }
                }
                other => self.unknown(table, other),
            }
        }
        Ok(out)
    }
}

fn empty(id: String) -> Rule {
    Rule {
        id,
        message: String::new(),
        advice: String::new(),
        severity: Severity::High,
        languages: Languages::EVERY,
        only_tests: false,
        generated: false,
        binary: false,
        hide: false,
        max_bytes: None,
        check: None,
        include: Globs::default(),
        exclude: Globs::default(),
        patterns: Vec::new(),
        aliases: Vec::new(),
        contexts: Vec::new(),
        wrappers: None,
        examples: Vec::new(),
        file: None,
    }
}
