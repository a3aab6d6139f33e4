//! Exact cases; each is a program and what is left of it.

use super::*;

/// A program in which what must be masked stands in `«»`.
#[track_caller]
fn check(lang: Lang, marked: &str) {
    let (mut source, mut expected, mut inside) = (String::new(), String::new(), false);
    for c in marked.chars() {
        match c {
            '«' => inside = true,
            '»' => inside = false,
            _ => {
                source.push(c);
                let blank = if inside && !matches!(c, '\n' | '\r') { " ".repeat(c.len_utf8()) } else { c.to_string() };
                expected.push_str(&blank);
            }
        }
    }
    let masked = mask(lang, source.as_bytes());
    assert_eq!(String::from_utf8_lossy(&masked.code), expected, "{lang:?}: {source}");
    assert_eq!(mask(lang, &masked.code).code, masked.code, "{lang:?}: masked twice: {source}");
}

#[test]
fn masks_of_all() {
    check(Lang::Go, "a(`«b\\»`, \"«c\\\"d»\") «// e»\n«/* f\n*/» '«g»'");
    check(
        Lang::Rust,
        r##"let a = r#"«x"y»"#; let b: &'a str = b"«\"z»"; «/* a /* b */ c */» '«"»' 'c: loop {} '«\u{41}»' br"«\»""##,
    );
    check(Lang::Python, "f\"«a»{b['«c»']:«>»{d}«»}«e{{f}}»\" «# g»\nx = '''«a\n'b»''' + rb'«\\'»'");
    check(Lang::JavaScript, "a = b / c / d; e = /«f\\/[/]»/g; `«h»${i + `«j»${k}`}«l»` «// m»");
    check(Lang::TypeScript, "x = <div a=\"«b'»\">«Don't »{c(\"«d»\")}« »<b/>« e»</div>; f<T>(g < h)");
    check(Lang::Java, "String a = \"\"\"«\n \" b \\\"\"\"\n»\"\"\"; char c = '«\"»';");
    check(Lang::Kotlin, "«/* /* */ a */» fun `it's`() = \"«b»${c(\"«d»\")}«e$f»\" + \"\"\"«g\\»${h}«\"»\"\"\"");
    check(Lang::C, "#error« don't»\nint a = '«b»'; «// c \\\n d»\nint e = 1'000;");
    check(Lang::Cpp, "auto a = R\"x(«b)\" c»)x\"; int d = 1'000'000; L'«e»'");
    check(Lang::CSharp, "$\"«a»{b(\"«c»\"):«d»}«e{{»\" @\"«f\\»\" \"\"\"«g\"h»\"\"\" $$\"\"\"«i{j}»{{k}}\"\"\" @$\"«l\"\"m»{n}\"");
    check(
        Lang::Ruby,
        "a(<<~X, <<-'Y').b\n«  c»#{d}\n  X\n«#{e}»\n  Y\nf / g / h; i = /«j»#{k}/; %w[«l [m] n»]\n«=begin\no\n=end»\n__END__«\np»",
    );
    check(
        Lang::Shell,
        "a=$#; b=${c#d}; e#f \"«g »$(h \"«i»\")« »${j}\" «# k»\ncat <<-'X' <<Y\n«\t$l»\n\tX\n«m »$(n)\nY\necho $((1 << 2)) '«o»'",
    );
}

/// The functions: name or callee, and the source of the span.
fn spans(lang: Lang, source: &str) -> Vec<(String, String, String)> {
    let found = functions(lang, &mask(lang, source.as_bytes()));
    found.into_iter().map(|f| (f.name, f.callee, source[f.start..f.end].to_owned())).collect()
}

#[track_caller]
fn names(lang: Lang, source: &str, expected: &[&str]) {
    let found = functions(lang, &mask(lang, source.as_bytes()));
    let found: Vec<String> = found.iter().map(|f| format!("{}|{}|{:?}", f.name, f.callee, f.parent)).collect();
    assert_eq!(found, expected, "{:?}", spans(lang, source));
}

#[test]
fn functions_of_go() {
    names(
        Lang::Go,
        "func TestA(t *testing.T) {\n\tt.Run(\"x\", func(t *testing.T) {\n})\n}\nfunc (s *S) B() map[string]int {\n}\nvar _ = It(\"a\", func() {\n})\nfunc C() interface{} {\n f := func() {}\n}",
        &["TestA||None", "|t.Run|Some(0)", "B||None", "|It|None", "C||None", "f||Some(4)"],
    );
}

#[test]
fn functions_of_the_others() {
    names(
        Lang::Rust,
        "impl A { fn a<T>(x: T) -> u8 where T: B { x.map(|y| { y }) } }\nfn b() {}",
        &["a||None", "|x.map|Some(0)", "b||None"],
    );
    names(
        Lang::Python,
        "def a(x):\n    pass\n\nclass B:\n    async def c(self,\n  d):\n        \"\"\"x\n  y\n\"\"\"\n        def e(): pass\n    f = 1\n",
        &["a||None", "c||None", "e||Some(1)"],
    );
    names(
        Lang::JavaScript,
        "const sleep = (ms) => new Promise(r => setTimeout(r, ms));\nit('a', async () => {\n await x()\n})\nclass A { b(x) { if (x) { } } }\nfunction c() {}\nd.only('x', function () {})",
        &["sleep||None", "|Promise|Some(0)", "|it|None", "b||None", "c||None", "|d.only|None"],
    );
    names(
        Lang::Java,
        "class A { @Test(timeout = 1) public void b() throws C { if (x) { } run(() -> { }); new D() { void e() {} }; } A() {} }",
        &["b||None", "|run|Some(0)", "e||Some(0)", "A||None"],
    );
    names(
        Lang::Kotlin,
        "class A : B() {\n @Test fun `c d`() = runTest {\n  x()\n }\n fun e(f: Int): Int {\n  return 1\n }\n}",
        &["c d||None", "|runTest|Some(0)", "e||None"],
    );
    names(
        Lang::Cpp,
        "TEST(A, B) {\n for (;;) { }\n run([&](int x) { });\n}\nA::A(int x) : b(1), c{2} { }\nstruct S *f(void) { }",
        &["TEST||None", "|run|Some(0)", "A||None", "f||None"],
    );
    names(
        Lang::CSharp,
        "class A { [Fact] public async Task B() { Run(() => { }); foreach (var x in y) { } } int C(int x) => x + 1; int D { get; } = 1; }",
        &["B||None", "|Run|Some(0)", "C||None"],
    );
    names(
        Lang::Ruby,
        "describe 'a' do\n  it 'b' do\n    x if y\n    while z do\n    end\n  end\n  let(:c) { 1 }\nend\ndef d = 1\ndef e(f)\nend",
        &["|describe|None", "|it|Some(0)", "|let|Some(0)", "d||None", "e||None"],
    );
    names(Lang::Shell, "a() {\n  echo ${b}\n}\nfunction c {\n}\nif x; then { y; }; fi\n", &["a||None", "c||None"]);
}
