//! Functions: their names, the calls that take them, what is around them, and where they end.

use super::super::*;

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
