//! Ten thousand files of made-up code in the mix of a real repository: Go, Python, TypeScript, Rust, Java, shell, Markdown, JSON;
//! two fifths of them tests, a few of which sleep or are skipped.

use std::fmt::Write as _;

/// Numbers that repeat.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 16) % n as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const NOUNS: &[&str] = &[
    "store", "index", "cursor", "buffer", "socket", "journal", "packet", "layout", "filter", "schema", "column", "worker",
    "ledger", "window", "handle", "module", "export", "reader", "writer", "token", "branch", "queue", "lease", "record",
];
const VERBS: &[&str] =
    &["parse", "reload", "merge", "render", "retry", "commit", "flush", "open", "close", "resolve", "apply", "check", "collect"];
const COMMENTS: &[&str] = &[
    "The caller holds the lock until the last reader is gone.",
    "Sleeping here would hide the race; the condition is awaited instead.",
    "An empty list is an answer, not a failure.",
    "Order matters: the index is written after the records that it names.",
];

/// One file: its path and its text. The same number gives the same file.
pub fn file(number: usize) -> (String, String) {
    let mut draw = Draw(number as u64 * 7919 + 17);
    let (noun, verb) = (draw.one(NOUNS), draw.one(VERBS));
    let folder = format!("{}/{}", draw.one(&["services", "libs", "tools", "apps"]), draw.one(NOUNS));
    let is_test = number % 5 < 2;
    let bad = number % 250 == 1;
    let parts = 4 + draw.below(14);
    let mut text = String::with_capacity(parts * 300);
    let path = match number % 20 {
        0..=5 => go(&mut draw, &mut text, parts, is_test, bad, &format!("{folder}/{verb}_{noun}_{number}")),
        6..=9 => python(
            &mut draw,
            &mut text,
            parts,
            is_test,
            bad,
            &format!("{folder}/{}{verb}_{noun}_{number}", if is_test { "test_" } else { "" }),
        ),
        10..=13 => typescript(&mut draw, &mut text, parts, is_test, bad, &format!("{folder}/{verb}-{noun}-{number}")),
        14..=15 => rust(
            &mut draw,
            &mut text,
            parts,
            is_test,
            &format!("{folder}/{}{verb}_{noun}_{number}.rs", if is_test { "tests/" } else { "src/" }),
        ),
        16..=17 => java(
            &mut draw,
            &mut text,
            parts,
            &format!("{folder}/src/{}/java/{noun}/File{number}", if is_test { "test" } else { "main" }),
            is_test,
        ),
        18 => prose(&mut draw, &mut text, parts, &format!("{folder}/docs/{noun}-{number}.md")),
        _ => data(&mut draw, &mut text, parts, &format!("{folder}/data/{noun}-{number}.json")),
    };
    (path, text)
}

macro_rules! add {
    ($out:expr, $($arg:tt)*) => { let _infallible = writeln!($out, $($arg)*); };
}

fn go(d: &mut Draw, out: &mut String, parts: usize, test: bool, bad: bool, stem: &str) -> String {
    add!(out, "package {}\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"testing\"\n\t\"time\"\n)\n", d.one(NOUNS));
    for n in 0..parts {
        let (a, b) = (d.one(NOUNS), d.one(VERBS));
        if test {
            add!(
                out,
                "func Test{b}{a}{n}(t *testing.T) {{\n\t// {}\n\t{a} := new{a}(t, {n})\n\tgot, err := {a}.{b}(context.Background())",
                d.one(COMMENTS)
            );
            if bad && n == 1 {
                add!(out, "\ttime.Sleep(200 * time.Millisecond)");
            }
            if bad && n == 2 {
                add!(out, "\tt.Skip(\"flaky on the build machine\")");
            }
            add!(
                out,
                "\tif err != nil {{\n\t\tt.Fatalf(\"{b}: %v\", err)\n\t}}\n\tif got != {} {{\n\t\tt.Errorf(\"got %v\", got)\n\t}}\n}}\n",
                d.below(900)
            );
        } else {
            add!(
                out,
                "// {b}{a}{n} keeps the {a} in step. {}\nfunc (s *{a}) {b}{n}(ctx context.Context, limit int) (int, error) {{\n\tfor i := 0; i < limit; i++ {{\n\t\tif err := s.next(ctx, i); err != nil {{\n\t\t\treturn i, fmt.Errorf(\"{b} %d: %w\", i, err)\n\t\t}}\n\t}}\n\treturn limit, nil\n}}\n",
                d.one(COMMENTS)
            );
        }
    }
    format!("{stem}{}.go", if test { "_test" } else { "" })
}

fn python(d: &mut Draw, out: &mut String, parts: usize, test: bool, bad: bool, stem: &str) -> String {
    add!(out, "\"\"\"{}\"\"\"\nimport json\nimport time\nfrom dataclasses import dataclass\n", d.one(COMMENTS));
    for n in 0..parts {
        let (a, b) = (d.one(NOUNS), d.one(VERBS));
        if test {
            add!(
                out,
                "def test_{b}_{a}_{n}(tmp_path):\n    # {}\n    {a} = make_{a}(tmp_path, {n})\n    result = {a}.{b}(limit={})",
                d.one(COMMENTS),
                d.below(50)
            );
            if bad && n == 1 {
                add!(out, "    time.sleep(0.5)");
            }
            add!(out, "    assert result.count == {}\n    assert not result.errors\n\n", d.below(90));
        } else {
            add!(
                out,
                "@dataclass\nclass {a}{n}:\n    name: str\n    limit: int = {}\n\n    def {b}(self, rows):\n        \"\"\"{}\"\"\"\n        for row in rows:\n            if row.get(\"{a}\") is None:\n                raise KeyError(f\"{{self.name}}: no {a}\")\n        return json.dumps([r for r in rows][: self.limit])\n\n",
                d.below(99),
                d.one(COMMENTS)
            );
        }
    }
    format!("{stem}.py")
}

fn typescript(d: &mut Draw, out: &mut String, parts: usize, test: bool, bad: bool, stem: &str) -> String {
    add!(out, "import {{ {}, {} }} from '../{}';\n", d.one(NOUNS), d.one(VERBS), d.one(NOUNS));
    for n in 0..parts {
        let (a, b) = (d.one(NOUNS), d.one(VERBS));
        if test {
            let it = if bad && n == 1 { "it.skip" } else { "it" };
            add!(
                out,
                "describe('{a} {n}', () => {{\n  // {}\n  {it}('can {b}', async () => {{\n    const {a} = await {b}({{ limit: {} }});\n    expect({a}.rows).toHaveLength({});\n    expect({a}.error).toBeUndefined();\n  }});\n}});\n",
                d.one(COMMENTS),
                d.below(40),
                d.below(40)
            );
        } else {
            add!(
                out,
                "/** {} */\nexport async function {b}{a}{n}(rows: ReadonlyArray<Row>, limit = {}): Promise<Row[]> {{\n  const out: Row[] = [];\n  for (const row of rows) {{\n    if (!row.{a} || out.length >= limit) {{\n      continue;\n    }}\n    out.push({{ ...row, key: `${{row.id}}/${{limit}}` }});\n  }}\n  return out;\n}}\n",
                d.one(COMMENTS),
                d.below(500)
            );
        }
    }
    format!("{stem}{}.ts", if test { ".test" } else { "" })
}

fn rust(d: &mut Draw, out: &mut String, parts: usize, test: bool, path: &str) -> String {
    add!(out, "//! {}\n\nuse std::collections::BTreeMap;\n", d.one(COMMENTS));
    for n in 0..parts {
        let (a, b) = (d.one(NOUNS), d.one(VERBS));
        if test {
            add!(
                out,
                "#[test]\nfn {b}_{a}_{n}() {{\n    // {}\n    let {a} = {a}::new({n});\n    assert_eq!({a}.{b}().unwrap(), {});\n    assert!({a}.is_empty(), \"{{}}\", {a}.len());\n}}\n",
                d.one(COMMENTS),
                d.below(90)
            );
        } else {
            add!(
                out,
                "/// {}\npub fn {b}_{a}_{n}(rows: &BTreeMap<String, u64>, limit: usize) -> Option<u64> {{\n    let mut sum = 0u64;\n    for (key, value) in rows.iter().take(limit) {{\n        if key.starts_with(\"{a}\") {{\n            sum = sum.checked_add(*value)?;\n        }}\n    }}\n    Some(sum)\n}}\n",
                d.one(COMMENTS)
            );
        }
    }
    path.to_owned()
}

fn java(d: &mut Draw, out: &mut String, parts: usize, stem: &str, test: bool) -> String {
    add!(out, "package org.example.{};\n\nimport java.util.List;\n\nclass File {{", d.one(NOUNS));
    for n in 0..parts {
        let (a, b) = (d.one(NOUNS), d.one(VERBS));
        if test {
            add!(
                out,
                "  @Test\n  void {b}{a}{n}() throws Exception {{\n    // {}\n    var {a} = new {a}({n});\n    assertEquals({}, {a}.{b}());\n  }}\n",
                d.one(COMMENTS),
                d.below(77)
            );
        } else {
            add!(
                out,
                "  /** {} */\n  public int {b}{n}(List<String> rows, int limit) {{\n    int sum = 0;\n    for (String row : rows) {{\n      if (row.startsWith(\"{a}\") && sum < limit) {{\n        sum += row.length();\n      }}\n    }}\n    return sum;\n  }}\n",
                d.one(COMMENTS)
            );
        }
    }
    add!(out, "}}");
    format!("{stem}{}.java", if test { "Test" } else { "" })
}

fn prose(d: &mut Draw, out: &mut String, parts: usize, path: &str) -> String {
    for n in 0..parts {
        add!(out, "## How to {} the {} ({n})\n\n{} {}\n", d.one(VERBS), d.one(NOUNS), d.one(COMMENTS), d.one(COMMENTS));
    }
    path.to_owned()
}

fn data(d: &mut Draw, out: &mut String, parts: usize, path: &str) -> String {
    add!(out, "[");
    for n in 0..parts * 4 {
        add!(
            out,
            "  {{\"id\": {n}, \"name\": \"{}\", \"kind\": \"{}\", \"weight\": {}}},",
            d.one(NOUNS),
            d.one(VERBS),
            d.below(9999)
        );
    }
    add!(out, "  null\n]");
    path.to_owned()
}
