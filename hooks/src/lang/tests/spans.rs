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

#[test]
fn spans_begin_and_end_where_the_function_does() {
    let check = |lang, source: &str, expected: &[(&str, &str, &str)]| {
        let found = spans(lang, source);
        let found: Vec<_> = found.iter().map(|(name, callee, text)| (name.as_str(), callee.as_str(), text.as_str())).collect();
        assert_eq!(found, expected, "{lang:?}");
    };
    check(Lang::Go, "a := 1\nfunc b() { if c { \"}\" } }\nd", &[("b", "", "func b() { if c { \"}\" } }")]);
    check(Lang::Python, "def a():\n    b\n    # c\n\n# d\nx\n", &[("a", "", "def a():\n    b")]);
    check(Lang::Python, "def a(): return 1\nb = [\n1]\n", &[("a", "", "def a(): return 1")]);
    check(Lang::JavaScript, "it('a', () => b(1), 2); c", &[("", "it", "() => b(1)")]);
    check(Lang::JavaScript, "const a = b => b\nc()\n", &[("a", "", "const a = b => b")]);
    check(Lang::Kotlin, "fun a() = b(1)\nfun c() {}\n", &[("a", "", "fun a() = b(1)"), ("c", "", "fun c() {}")]);
    check(Lang::Ruby, "it 'a' do\n  b\nend\nc", &[("", "it", "it 'a' do\n  b\nend")]);
    check(Lang::Shell, "a() {\n b\n}\nc", &[("a", "", "a() {\n b\n}")]);
    check(Lang::Rust, "fn a() { b", &[("a", "", "fn a() { b")]);
}

#[test]
fn what_looks_like_a_function_is_none() {
    for (lang, source) in [
        (Lang::Go, "type A struct { f func(int) error }\nvar g func()\nif x {\n}\nfor {\n}\nswitch y := z(1); y {\n}\n"),
        (Lang::Rust, "struct A { f: fn(u8) -> u8 }\nimpl B for C {}\nmatch x { y => { z } }\nif a || b { c }\n"),
        (Lang::Python, "class A:\n    defer = 1\n    x = [\n    def_(1)]\n"),
        (
            Lang::JavaScript,
            "if (a) { b }\nfor (const c of d) { }\nswitch (e) { case f(1): { } }\nconst g = { h: i(1) }\nclass J { k = 1 }\ntry { } catch (l) { }\n",
        ),
        (Lang::Java, "class A { int[] b = { 1 }; static { c(); } }\nrecord D(int e) { }\nenum F { G }\n"),
        (
            Lang::Kotlin,
            "class A(val b: Int) : C(b) { init { } }\nif (d) { } else { }\nwhen (e) { f -> { } else -> { } }\ntry { } catch (g: H) { } finally { }\n",
        ),
        (Lang::C, "struct a { int b; };\nint c[] = { 1 };\nenum { D };\nextern \"C\" { }\n"),
        (
            Lang::CSharp,
            "namespace A { class B { int C { get; set; } } }\nvar d = new E(1) { F = 2 };\nusing (g) { lock (h) { } }\n",
        ),
        (Lang::Ruby, "class A\n  x = { a: 1 }\n  while b do\n  end\n  c = self.class\n  d.end\nend\n"),
        (Lang::Shell, "if a; then b; fi\nfor c in d; do { e; }; done\n${f}\n"),
    ] {
        let found = spans(lang, source);
        assert!(found.is_empty(), "{lang:?}: {found:?}");
    }
}

#[test]
fn real_shapes_of_tests() {
    names(
        Lang::Go,
        "var _ = Describe(\"a\", func() {\n\tBeforeEach(func() {\n\t})\n\tDescribeTable(\"b\", func(c int) {\n\t}, Entry(1))\n\tEventually(func(g Gomega) error {\n\t}).Should(Succeed())\n\tgo func() {\n\t}()\n})\nfunc Map[T, U any](f func(T) U) []U {\n}\n",
        &["|Describe|None", "|BeforeEach|Some(0)", "|DescribeTable|Some(0)", "|Eventually|Some(0)", "||Some(0)", "Map||None"],
    );
    names(
        Lang::TypeScript,
        "describe('a', () => {\n  beforeEach(async function () {})\n  test.each([1])('b', async (c: number): Promise<void> => {\n  })\n})\nexport class D { private async e<T>(f: T): Promise<T> { } static get g(): H { } constructor(private i: J) { } }\nexport default function () { }\nfunction* k() { }\nconst l = { m() { }, n: () => 1, async o() { } }\n",
        &[
            "|describe|None",
            "|beforeEach|Some(0)",
            "||Some(0)",
            "e||None",
            "g||None",
            "constructor||None",
            "||None",
            "k||None",
            "m||None",
            "n||None",
            "o||None",
        ],
    );
    names(
        Lang::Python,
        "class T(C):\n    @skip\n    def a(self) -> Dict[str, int]:\n        def b(): return 1\n        if x:\n            y\n    def c(self): pass\n",
        &["a||None", "b||Some(0)", "c||None"],
    );
    names(
        Lang::Cpp,
        "TEST_F(A, B) {\n  SECTION(\"c\") { }\n  auto d = [=]() -> int { };\n}\nint E::f() const noexcept { }\nTEST_CASE(\"g\", \"[h]\") { }\nstatic void i(int (*j)(int)) { }\n",
        &["TEST_F||None", "d||Some(0)", "f||None", "TEST_CASE||None", "i||None"],
    );
    names(
        Lang::Ruby,
        "RSpec.describe A do\n  before { b }\n  it('c') { d }\n  e.each do |f|\n    if g then h end\n    i = if j\n      1\n    end\n  end\n  def k?(l) = m\n  def self.n(o)\n    p unless q\n  end\nend\n",
        &["|RSpec.describe|None", "|before|Some(0)", "|it|Some(0)", "|e.each|Some(0)", "k?||Some(0)", "self.n||Some(0)"],
    );
    names(
        Lang::Rust,
        "#[tokio::test]\nasync fn a() -> Result<(), B> {\n    let c = || { 1 };\n    spawn(move |d: u8| { });\n}\ntrait E { fn f(&self); fn g(&self) {} }\n",
        &["a||None", "c||Some(0)", "|spawn|Some(0)", "g||None"],
    );
    names(
        Lang::Java,
        "@Test @DisplayName(\"a\") void b() { assertThrows(C.class, () -> { }); Runnable d = () -> { }; for (E f : g) { } }\n<T extends H> T i(T j) throws K { return null; }",
        &["b||None", "|assertThrows|Some(0)", "d||Some(0)", "i||None"],
    );
    names(
        Lang::Kotlin,
        "class A : StringSpec({\n  \"b\" { c() }\n})\nfun <T> D<T>.e(f: () -> Unit) { f() }\n",
        &["|StringSpec|None", "||Some(0)", "e||None"],
    );
    names(
        Lang::CSharp,
        "public class A : B { public A(int c) : base(c) { } [Theory] public void D<T>(T e) where T : class { F(async () => { }); G(h => h.I()); } public J K => L; }",
        &["A||None", "D||None", "|F|Some(1)", "|G|Some(1)"],
    );
    names(Lang::Shell, "function a() {\n b\n}\nc ()\n{\n d\n}\n@test \"e\" {\n f\n}\n", &["a||None", "c||None", "|@test|None"]);
}

#[test]
fn brackets_deeper_than_anybody_nests_are_counted_only() {
    let deep = 20_000;
    let source = format!("func a() {{ {}{} }}\nfunc b() {{ }}\n", "{".repeat(deep), "}".repeat(deep));
    names(Lang::Go, &source, &["a||None", "b||None"]);
    let open = "{".repeat(deep);
    assert!(functions(Lang::Kotlin, &mask(Lang::Kotlin, open.as_bytes())).len() < deep, "the memory is bounded");
}
