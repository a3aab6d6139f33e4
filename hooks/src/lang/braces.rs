//! Functions in languages with braces: one pass, a stack of brackets, and for each what its statement looked like so far.

use super::Lang;
use super::functions::{Function, path_start, path_to};
use super::lexer::is_word;
use std::ops::Range;

/// How deep brackets are followed; deeper ones are only counted. Bounds the memory.
const DEEPEST: usize = 10_000;

/// What a statement (or an argument) looked like so far.
#[derive(Clone, Default)]
struct Head {
    start: Option<usize>,
    /// Where `func`, `fn`, `function` or `fun` was.
    keyword: Option<usize>,
    /// The name after it.
    name: Option<Range<usize>>,
    /// The word before the last parenthesis that could be a function's.
    callee: Option<Range<usize>>,
    /// The same, whatever the word was.
    last_callee: Option<Range<usize>>,
    /// The argument list that belongs to it.
    arguments: Option<Range<usize>>,
    /// The name before the first `=` or `:`.
    assigned: Option<Range<usize>>,
    /// A word before `<`.
    generic: Option<Range<usize>>,
    equals: bool,
    class: bool,
    control: bool,
    new: bool,
    /// A colon came after the parenthesis: what follows is no head.
    frozen: bool,
    /// C++: `[…]` that began a lambda.
    lambda: Option<usize>,
    /// Rust: the first `|`.
    bar: Option<usize>,
}

struct Level {
    bracket: u8,
    head: Head,
    /// The function that ends with this bracket.
    function: Option<usize>,
    /// Functions whose body is an expression in here.
    expressions: Vec<usize>,
    /// The statement around goes on after this bracket.
    keep: bool,
    /// The path of the call that this is the parenthesis of: where the path ends.
    call: Option<usize>,
    open: usize,
    /// True if the innermost braces around are a function's.
    inside: bool,
}

struct Walk<'a> {
    lang: Lang,
    code: &'a [u8],
    levels: Vec<Level>,
    braces: usize,
    /// Brackets that are open and were too deep to follow.
    deeper: usize,
    found: Vec<Function>,
    /// The last token, and the one before.
    last: Range<usize>,
    before: u8,
}

pub(super) fn functions(lang: Lang, code: &[u8]) -> Vec<Function> {
    let mut walk = Walk { lang, code, levels: Vec::new(), braces: 0, deeper: 0, found: Vec::new(), last: 0..0, before: 0 };
    walk.levels.push(walk.level(b'{', 0));
    let mut at = 0;
    let mut newline = false;
    while at < code.len() {
        let byte = code[at];
        if byte.is_ascii_whitespace() {
            newline |= byte == b'\n';
            at += 1;
            continue;
        }
        let end = walk.token_end(at, byte);
        if newline {
            walk.line(at);
            newline = false;
        }
        walk.token(at..end, byte);
        at = end;
    }
    while let Some(level) = walk.levels.pop() {
        walk.finish(level, code.len());
    }
    walk.found
}

impl Walk<'_> {
    fn level(&self, bracket: u8, open: usize) -> Level {
        Level {
            bracket,
            head: Head::default(),
            function: None,
            expressions: Vec::new(),
            keep: false,
            call: None,
            open,
            inside: false,
        }
    }

    fn token_end(&self, at: usize, byte: u8) -> usize {
        let rest = &self.code[at..];
        if is_word(byte) || byte == b'$' {
            return at + rest.iter().take_while(|b| is_word(**b) || **b == b'$').count();
        }
        if byte == b'`' && self.lang == Lang::Kotlin {
            let name = rest[1..].iter().position(|b| matches!(b, b'`' | b'\n'));
            return name.filter(|length| rest[1 + length] == b'`').map_or(at + 1, |length| at + length + 2);
        }
        if matches!(byte, b'"' | b'\'' | b'`') {
            // The blanks of a string, so that it is one token.
            let blanks = rest[1..].iter().take_while(|b| b.is_ascii_whitespace()).count();
            if rest.get(1 + blanks) == Some(&byte) {
                return at + blanks + 2;
            }
        }
        if rest.starts_with(b"=>") || rest.starts_with(b"->") || rest.starts_with(b"==") || rest.starts_with(b"::") {
            return at + 2;
        }
        at + 1
    }

    fn top(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            let level = self.level(b'{', 0);
            self.levels.push(level);
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    /// The last byte of the last token.
    fn last_byte(&self) -> u8 {
        if self.last.is_empty() { 0 } else { self.code[self.last.end - 1] }
    }

    fn last_word(&self) -> &[u8] {
        &self.code[self.last.clone()]
    }

    fn last_is_word(&self) -> bool {
        !self.last.is_empty() && {
            let first = self.code[self.last.start];
            is_word(first) || first == b'$' || first == b'`' && self.lang == Lang::Kotlin && self.last.len() > 1
        }
    }

    /// A token begins a new line: in some languages that ends the statement.
    fn line(&mut self, at: usize) {
        if !matches!(self.lang, Lang::Go | Lang::Kotlin | Lang::JavaScript | Lang::TypeScript | Lang::Shell)
            || self.top().bracket != b'{'
        {
            return;
        }
        let open = matches!(
            self.last_byte(),
            b'=' | b'+' | b'-' | b'*' | b'/' | b',' | b'(' | b'[' | b'&' | b'|' | b'?' | b':' | b'.' | b'<' | b'%' | b'^' | b'~'
        ) || matches!(self.last_word(), b"=>" | b"->");
        let next = self.code[at];
        let go_on = match next {
            b'{' | b':' | b'.' | b'=' | b'?' | b'&' | b'|' | b'+' | b'*' | b'%' | b'^' | b')' | b']' => self.lang != Lang::Go,
            b'-' | b'/' | b'<' | b'>' | b'(' | b'[' | b'`' => matches!(self.lang, Lang::JavaScript | Lang::TypeScript),
            b'w' => self.code[at..].starts_with(b"where "),
            _ => false,
        };
        if !open && !go_on {
            let end = self.last.end;
            self.statement(end);
        }
    }

    /// The statement on top is over.
    fn statement(&mut self, end: usize) {
        let level = self.top();
        level.head = Head::default();
        let over = std::mem::take(&mut level.expressions);
        for function in over {
            self.found[function].end = end;
        }
    }

    fn token(&mut self, token: Range<usize>, byte: u8) {
        let script = matches!(self.lang, Lang::JavaScript | Lang::TypeScript);
        match byte {
            b'(' | b'[' | b'{' if self.levels.len() >= DEEPEST => self.deeper += 1,
            b')' | b']' | b'}' if self.deeper > 0 => self.deeper -= 1,
            b'(' | b'[' => self.open(token.start, byte),
            b'{' => self.brace(token.start),
            b')' | b']' => self.close(token.start, if byte == b')' { b'(' } else { b'[' }),
            b'}' => self.close_brace(token.start),
            b';' => self.statement(token.start),
            b',' if self.top().bracket != b'{' || script => self.statement(token.start),
            _ if token.len() == 2 && self.code[token.clone()] == *b"=>" => self.arrow(token.end),
            _ => self.word_or_operator(token.clone(), byte),
        }
        self.before = self.last_byte();
        self.last = token;
    }

    fn word_or_operator(&mut self, token: Range<usize>, byte: u8) {
        let word = &self.code[token.clone()];
        let after_dot = self.last_byte() == b'.';
        let last = self.last.clone();
        let last_is_word = self.last_is_word();
        let lang = self.lang;
        let code = self.code;
        let level = self.top();
        let bracket = level.bracket;
        let head = &mut level.head;
        head.start.get_or_insert(token.start);
        match byte {
            b'<' if last_is_word => head.generic = Some(last),
            b'|' => {
                head.bar.get_or_insert(token.start);
            }
            b'=' if token.len() == 1 && !matches!(code.get(token.start.wrapping_sub(1)), Some(b'!' | b'<' | b'>')) => {
                if !head.equals && last_is_word && head.assigned.is_none() {
                    head.assigned = Some(last.clone());
                }
                head.equals = true;
                if lang == Lang::Kotlin && head.keyword.is_some() && head.name.is_some() && bracket == b'{' {
                    self.expression(token.end);
                }
            }
            b':' if token.len() == 1 => {
                if head.callee.is_some() {
                    head.frozen = true;
                }
                if last_is_word && head.assigned.is_none() && head.keyword.is_none() && head.bar.is_none() {
                    head.assigned = Some(last);
                }
            }
            _ if after_dot => {}
            _ => match (lang, word) {
                (Lang::Go, b"func")
                | (Lang::Rust, b"fn")
                | (Lang::Kotlin, b"fun")
                | (Lang::JavaScript | Lang::TypeScript | Lang::Shell, b"function") => {
                    head.keyword.get_or_insert(token.start);
                }
                (_, b"new") => head.new = true,
                (
                    _,
                    b"class" | b"interface" | b"enum" | b"record" | b"namespace" | b"object" | b"struct" | b"union" | b"trait"
                    | b"impl",
                ) => {
                    // Not that of `where T : class`.
                    head.class |= head.callee.is_none();
                }
                (_, b"return" | b"case" | b"throw" | b"switch" | b"match" | b"select") => head.control = true,
                (Lang::Rust | Lang::JavaScript | Lang::TypeScript | Lang::Shell, _)
                    if head.keyword.is_some()
                        && head.name.is_none()
                        && is_word(byte)
                        && matches!(&code[last.clone()], b"fn" | b"function" | b"*") =>
                {
                    head.name = Some(token);
                }
                _ => {}
            },
        }
    }

    fn open(&mut self, at: usize, bracket: u8) {
        let last = self.last.clone();
        let last_is_word = self.last_is_word();
        let last_byte = self.last_byte();
        let lang = self.lang;
        let mut level = self.level(bracket, at);
        let code = self.code;
        let head = &mut self.top().head;
        head.start.get_or_insert(at);
        let callee = if last_is_word {
            Some(last.clone())
        } else if last_byte == b'>' {
            head.generic.clone()
        } else {
            None
        };
        if bracket == b'(' {
            level.call = callee.as_ref().map(|word| word.end);
            let annotation = callee.as_ref().is_some_and(|word| word.start > 0 && code[word.start - 1] == b'@');
            if let Some(word) = callee.clone().filter(|_| !annotation) {
                let text = &code[word.clone()];
                if head.keyword.is_some() && head.name.is_none() && !matches!(text, b"func" | b"fun" | b"function" | b"fn") {
                    head.name = Some(word.clone());
                }
                if is_control(lang, text) {
                    head.control = true;
                } else if !head.frozen && !is_specifier(text) {
                    head.callee = Some(word);
                    head.arguments = None;
                }
            }
            head.last_callee = callee;
        } else {
            if lang == Lang::Go && head.keyword.is_some() && head.name.is_none() && last_is_word && &code[last.clone()] != b"func" {
                if head.keyword.is_some_and(|keyword| code[keyword + 4..last.start].trim_ascii().is_empty()) {
                    head.name = Some(last);
                }
            }
            if lang == Lang::Cpp && !last_is_word && !matches!(last_byte, b')' | b']' | b'[') {
                head.lambda = Some(at);
            }
        }
        level.inside = self.top().inside;
        self.levels.push(level);
    }

    fn close(&mut self, at: usize, bracket: u8) {
        let count = self.levels.len();
        if self.top().bracket != bracket {
            // One that was forgotten in between is closed along.
            if count >= 2 && self.top().bracket != b'{' && self.levels[count - 2].bracket == bracket {
                if let Some(level) = self.levels.pop() {
                    self.finish(level, at);
                }
            } else {
                return;
            }
        }
        if let Some(level) = self.levels.pop() {
            let arguments = level.open + 1..at;
            self.finish(level, at);
            let head = &mut self.top().head;
            if bracket == b'(' && head.callee.is_some() && head.arguments.is_none() {
                head.arguments = Some(arguments);
            }
        }
    }

    fn close_brace(&mut self, at: usize) {
        if self.braces == 0 {
            self.statement(at);
            return;
        }
        while let Some(level) = self.levels.pop() {
            let (brace, keep) = (level.bracket == b'{', level.keep);
            let function = level.function;
            self.finish(level, at);
            if brace {
                self.braces -= 1;
                if let Some(function) = function {
                    self.found[function].end = at + 1;
                }
                if !keep {
                    self.top().head = Head::default();
                }
                break;
            }
        }
    }

    /// What ends with this level.
    fn finish(&mut self, level: Level, end: usize) {
        for function in level.function.into_iter().chain(level.expressions) {
            self.found[function].end = end;
        }
    }

    /// The call whose parenthesis is on top.
    fn call(&mut self) -> String {
        let call = self.top().call;
        call.map(|end| path_to(self.code, end)).unwrap_or_default()
    }

    fn add(&mut self, name: Option<Range<usize>>, callee: String, start: usize, body: usize) -> usize {
        let name = name.map(|word| String::from_utf8_lossy(&self.code[word]).trim_matches('`').to_owned()).unwrap_or_default();
        self.found.push(Function { name, callee, start, body, end: self.code.len(), parent: None });
        self.found.len() - 1
    }

    /// A body without braces begins: it ends with the statement.
    fn expression(&mut self, body: usize) {
        let head = self.top().head.clone();
        let callee = self.call();
        let name = head.name.or(head.assigned);
        let start = head.keyword.or(head.start).unwrap_or(body);
        let function = self.add(name, callee, start, body);
        self.top().expressions.push(function);
    }

    fn arrow(&mut self, body: usize) {
        let next = self.code[body..].iter().position(|b| !b.is_ascii_whitespace()).map(|skip| self.code[body + skip]);
        let (lang, bracket) = (self.lang, self.top().bracket);
        let head = &mut self.top().head;
        let is_arrow = match lang {
            Lang::JavaScript | Lang::TypeScript => true,
            Lang::CSharp => !head.control && (bracket == b'(' || head.equals || head.callee.is_some()),
            _ => false,
        };
        if !is_arrow || next == Some(b'{') {
            return;
        }
        if lang == Lang::CSharp && bracket == b'{' && !head.equals {
            head.name = head.callee.clone();
        }
        self.expression(body);
    }

    fn brace(&mut self, at: usize) {
        let function = self.function_at(at);
        let keep =
            self.lang == Lang::Go && matches!(self.last_word(), b"interface" | b"struct") && self.top().head.keyword.is_some()
                || self.lang == Lang::Cpp && self.top().head.frozen && function.is_none();
        let mut level = self.level(b'{', at);
        level.keep = keep;
        level.inside = function.is_some();
        level.function = function;
        self.braces += 1;
        self.levels.push(level);
    }

    /// The function whose body begins with the brace here.
    fn function_at(&mut self, at: usize) -> Option<usize> {
        let head = self.top().head.clone();
        let bracket = self.top().bracket;
        let body = at + 1;
        let last = self.last_byte();
        let start = head.start.unwrap_or(at);
        match self.lang {
            Lang::Go => {
                if matches!(self.last_word(), b"interface" | b"struct") {
                    return None;
                }
                let keyword = head.keyword?;
                let callee = self.call();
                Some(self.add(head.name.or(head.assigned), callee, keyword, body))
            }
            Lang::Rust => {
                if let Some(keyword) = head.keyword {
                    return Some(self.add(head.name, String::new(), keyword, body));
                }
                let bar = head.bar.filter(|_| last == b'|')?;
                let callee = self.call();
                Some(self.add(head.assigned, callee, bar, body))
            }
            Lang::JavaScript | Lang::TypeScript => {
                let arrow = self.last_word() == b"=>";
                if let Some(keyword) = head.keyword.filter(|_| !arrow) {
                    let callee = self.call();
                    return Some(self.add(head.name.or(head.assigned), callee, keyword, body));
                }
                if arrow {
                    let callee = self.call();
                    return Some(self.add(head.assigned, callee, start, body));
                }
                let method =
                    bracket == b'{' && !head.control && !head.equals && !head.new && !head.class && (last == b')' || head.frozen);
                let computed = head.callee.is_none() && last == b')' && self.before != 0 && head.last_callee.is_none();
                if !method || head.callee.is_none() && !computed {
                    return None;
                }
                Some(self.add(head.callee, String::new(), start, body))
            }
            Lang::Java | Lang::CSharp => {
                if matches!(self.last_word(), b"->" | b"=>") {
                    if head.control {
                        return None;
                    }
                    let callee = self.call();
                    return Some(self.add(head.assigned, callee, start, body));
                }
                if head.control || head.class || head.new || head.equals || bracket != b'{' {
                    if self.lang == Lang::CSharp && head.last_callee.is_some_and(|word| &self.code[word] == b"delegate") {
                        let callee = self.call();
                        return Some(self.add(head.assigned, callee, start, body));
                    }
                    return None;
                }
                let callee = head.callee?;
                Some(self.add(Some(callee), String::new(), start, body))
            }
            Lang::Kotlin => {
                if let Some(keyword) = head.keyword.filter(|_| !head.equals) {
                    return Some(self.add(head.name, String::new(), keyword, body));
                }
                let word = self.last_is_word();
                if head.class
                    || matches!(self.last_word(), b"->" | b"else" | b"do" | b"try" | b"finally" | b"init" | b"when" | b"companion")
                {
                    return None;
                }
                if last == b')' {
                    let callee = head.last_callee?;
                    if is_control(self.lang, &self.code[callee.clone()]) {
                        return None;
                    }
                    let (path, start) = (path_to(self.code, callee.end), path_start(self.code, callee.end));
                    return Some(self.add(head.assigned, path, start, body));
                }
                if word {
                    let (path, start) = (path_to(self.code, self.last.end), path_start(self.code, self.last.end));
                    return Some(self.add(head.assigned, path, start, body));
                }
                let path = self.call();
                Some(self.add(head.assigned, path, start, body))
            }
            Lang::C | Lang::Cpp => {
                if let Some(lambda) = head.lambda.filter(|_| last == b']' || last == b')' || self.last_is_word() || last == b'>') {
                    let callee = self.call();
                    return Some(self.add(head.assigned, callee, lambda, body));
                }
                let nested = self.top().inside;
                if head.control || head.equals || bracket != b'{' || nested {
                    return None;
                }
                // `: a(1), b{2} {`: a member's braces follow its name.
                if head.frozen && self.last_is_word() {
                    return None;
                }
                let callee = head.callee?;
                Some(self.add(Some(callee), String::new(), start, body))
            }
            Lang::Shell => {
                // A test of bats.
                if self.code[start..].starts_with(b"@test") {
                    return Some(self.add(None, "@test".to_owned(), start, body));
                }
                let named = last == b')' && self.before == b'(';
                let name = if named { head.callee } else { head.assigned };
                let name = name.or(head.name)?;
                Some(self.add(Some(name), String::new(), start, body))
            }
            Lang::Python | Lang::Ruby => None,
        }
    }
}

/// True for the words whose parentheses are no call's.
fn is_control(lang: Lang, word: &[u8]) -> bool {
    match word {
        b"if" | b"for" | b"while" | b"switch" | b"catch" | b"return" => true,
        b"with" => matches!(lang, Lang::JavaScript | Lang::TypeScript),
        b"await" => matches!(lang, Lang::JavaScript | Lang::TypeScript),
        b"when" => matches!(lang, Lang::Kotlin | Lang::CSharp),
        b"try" | b"synchronized" => lang == Lang::Java,
        b"using" | b"lock" | b"fixed" | b"foreach" | b"checked" | b"unchecked" | b"delegate" => lang == Lang::CSharp,
        b"constexpr" | b"requires" => lang == Lang::Cpp,
        _ => false,
    }
}

/// True for words that say something about a function, with something in parentheses.
fn is_specifier(word: &[u8]) -> bool {
    matches!(
        word,
        b"__attribute__"
            | b"__declspec"
            | b"alignas"
            | b"noexcept"
            | b"decltype"
            | b"explicit"
            | b"async"
            | b"where"
            | b"super"
            | b"this"
    )
}
