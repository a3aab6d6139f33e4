//! Pieces of programs: what must be masked stands in `«»`. Each is whole, so that any sequence of them is a program.

use super::super::Lang;

pub(super) const PIECES: &[(Lang, &[&str])] = &[
    (Lang::Go, GO),
    (Lang::Rust, RUST),
    (Lang::Python, PYTHON),
    (Lang::JavaScript, JAVASCRIPT),
    (Lang::TypeScript, TYPESCRIPT),
    (Lang::Java, JAVA),
    (Lang::Kotlin, KOTLIN),
    (Lang::C, C),
    (Lang::Cpp, CPP),
    (Lang::CSharp, CSHARP),
    (Lang::Ruby, RUBY),
    (Lang::Shell, SHELL),
];

const GO: &[&str] = &[
    "time.Sleep(5 * time.Second)",
    r#"fmt.Println("«time.Sleep(1) // \" é»", '«"»', '«\'»', '«\x41»')"#,
    "a := `«raw \\»` + `«\n\"two\"\n»` «// it's»",
    "«/* t.Skip() /* not nested */» b()",
    "x := a / b «/* c */» / d",
    "«//go:build linux»",
    "c := `` + \"\"",
];

const RUST: &[&str] = &[
    "thread::sleep(D);",
    r###"let a = r#"«x " y»"# + r##"«"# \»"## + r"«\»";"###,
    r#"let b = b"«\"»" + br"«x»" + c"«y»" + cr"«z»"; let c = b'«\'»';"#,
    "fn f<'a, 'b: 'a>(x: &'a str) -> &'static str { 'outer: loop { break 'outer; } }",
    "let c = ('«a»', '«\"»', '«\\n»', '«\\u{1F600}»', '«é»');",
    "«/* a /* nested */ b */» code();",
    "«/// docs with \"quotes\" and it's»",
    "let s = \"«two\nlines \\\n  on»\";",
    "let r#type = 1; #[attr(x)] struct A;",
    "#![allow(x)]",
    "if a / b > c {}",
    "let e = \"\" + r\"\" + r#\"\"#;",
];

const PYTHON: &[&str] = &[
    "time.sleep(5)",
    r#"a = '«it\'s»' + "«#no»" + r'«\'»' + b"«x»" + Rb'«y»' «# comment "x"»"#,
    "b = \"\"\"«doc \"two\" ''' \\\"\"\"\n# not\n»\"\"\"",
    "c = '''«x\n»'''",
    r#"d = f"«a »{x!r:«>»{width}«.2f»}« »{y['«k»']}« {{no}} »{z["«k»"]}«»""#,
    r#"e = rf'«\d»{n}' + F"{a if b else '«c»'}" + t"«t»{u}""#,
    "g = f'''«a»{\n  h(1) «# c»\n}«b»'''",
    "i = f\"{(lambda q: q)(1)}{ {1: 2}[1] }{j:«=^10»}\"",
    "k = '«a\\\nb»' + ''",
    "l = x[1:2] if m else {n: o}",
    "p = f\"{q != 1}\"",
];

const JAVASCRIPT: &[&str] = &[
    "await sleep(5);",
    r#"a = '«it\'s»' + "«//no»"; «// "yes"»"#,
    "«/* b */» c = d / e / f; g = (h) / 2; i = j[0] / k /l;",
    r#"m = /«[/]\/"»/g.test(n); o(/«a'b»/, 1); if (p) /«x»/.exec(q);"#,
    "return_ = x.return / 2; function r() { return /«\"»/; }",
    "s = `«a »${t + `«b »${u}« c»`}« d»`;",
    "v = `«x»${ {a: 1}.a / 2 }«y»`;",
    "w = `«multi\n'line' \\` \\${no}»`;",
    "x++ / 2; y = z ? /«q»/ : 1 / 2;",
    "const el = <a href=\"«it's»\" b={c} {...d}>«Don't // stop »{e('«f»')}«»</a>;",
    "const el2 = <A.B />; const el3 = <><b>«it's»</b></>;",
    "g = h < i && j > k;",
    "l = '«two\\\nlines»';",
    "m = {} / 2;",
    "for (const n of /«a»/g) {} while (x) /«b»/.test(y);",
];

const TYPESCRIPT: &[&str] = &[
    "await sleep(5 as number);",
    "const f = <T,>(x: T) => x; const g = <T extends A>(x: T): T => x;",
    "const h = <Foo>bar; let i: Array<Map<string, '«x»'>> = [];",
    "j!.k / l; m! / 2 / n;",
    "type O = `«a-»${P}`; enum Q { R = '«s»' }",
    "const t = (u: V): W<X> => { return <Y z='«it\\»'>«'»</Y>; };",
    "const aa = <Bb<string> cc={`«d»${e}`}>«f»</Bb>;",
    "«// @ts-ignore it's»",
    "function g2<T>(a: T): a is NonNullable<T> { return a < b || c > (d) }",
];

const JAVA: &[&str] = &[
    "Thread.sleep(5);",
    "String a = \"«it\\\" // no»\" + \"\"; char b = '«\"»', c = '«\\'»';",
    "«/* a /* b */» int d = 1 / 2; «// it's»",
    "String e = \"\"\"«\n  a \"b\" \"\" \\\"\"\" c\n  »\"\"\";",
    "@Disabled(\"«why»\") void f() {}",
    "«/** {@code \"x\"} */»",
];

const KOTLIN: &[&str] = &[
    "Thread.sleep(5)",
    "val a = \"«it\\\" »${b(\"«c»\")}« $d \\${no}»\" + '«\"»'",
    "«/* a /* nested */ b */» e()",
    "val f = \"\"\"«g \"h\" \\»${i}«\n$j»\"\"\"",
    "val k = \"\"\"«l\"»\"\"\"",
    "@Test fun `doesn't \"sleep\"`() { m() } «// n»",
    "val o = $$\"\"\"«p ${q} »$${r}«»\"\"\"",
    "val s = \"«»${\"«»${t}\"}\"",
];

const C: &[&str] = &[
    "sleep(5);",
    "char *a = \"«it\\\" /* no */»\" L\"«x»\"; char b = '«\"»', c = '«\\'»';",
    "«/* a /* b */» d = e / f; «// it's \\\n still»",
    "#define G(x) #x \"«y»\" \\\n  '«z»'",
    "#error« don't do this»",
    "  #  warning« it's»",
    "#include <h.h>",
    "int i = 0x1'F + 1'000;",
    "char *j = \"«two \\\n lines»\";",
];

const CPP: &[&str] = &[
    "std::this_thread::sleep_for(5ms);",
    "auto a = R\"(«it's \"b\" \\»)\" + u8R\"x(«)\" »)x\" + LR\"--(«»)--\";",
    "int b = 1'000'000 + 0xFF'FF'00u + 0b1'0; char c = '«0»'; auto d = L'«x»';",
    "auto e = u8\"«f»\"s; «// g»",
    "auto h = FOOR\"«(x)»\";",
    "#error« it's»",
    "auto i = [&](int j) { return j / 2; }; «/* k */»",
    "x = a ? '«b»' : u'«c»';",
];

const CSHARP: &[&str] = &[
    "Thread.Sleep(5);",
    "var a = \"«it\\\" // no»\" + '«\"»' + '«\\'»';",
    "var b = @\"«c:\\ \"\"d\"\" \n e»\";",
    "var f = $\"«g »{h(\"«i»\"),5:«N2»}« {{no}} »{(j ? \"«k»\" : l)}\";",
    "var m = $@\"«n\\»{o}« \"\"p\"\"»\" + @$\"{q:«x»}\";",
    "var r = \"\"\"«s \"t\" \"\" u»\"\"\" + \"\"\"\"«v \"\"\" w»\"\"\"\";",
    "var x = $\"\"\"«y »{z}«\n»\"\"\" + $$\"\"\"«{no} »{{yes}}« }»\"\"\";",
    "#region« don't»",
    "#if DEBUG",
    "var aa = $\"{global::B.C}\"; «/* d */»",
    "var e = f ? g : h;",
];

const RUBY: &[&str] = &[
    "sleep 5",
    "a = '«it\\'s #{no}»' + \"«b »#{c(\"«d»\")}« e»\" «# f \"g\"»",
    "h = <<~X + <<-'Y'\n«  it's »#{i}«\n  # no\n»  X\n«  #{no}\n»  Y",
    "j = <<K\n«l\n K\n»K",
    "m = /«n\\/'#»#{o}«p»/i; q = r / s / t; u = v /w",
    "x = %w[«a [b] 'c»] + %q(«it's (d) #{no}») + %Q{«e »#{f}« {g}»} + %i<«h»>",
    "y = %r{«z/'»}x; aa = bb % cc; dd = ee %ff",
    "«=begin\nit's \"x\"\n=end»",
    "gg = ?' ; hh = ?a; ii = jj ? '«k»' : \"«l»\"; kk.empty? ? 1 : 2",
    "ll = [:\"«a b»\", :'«c»', {mm: 1, \"«d»\": 2}]; nn.inject(:/); oo = $' + $\"",
    "pp << qq; class << self; end; rr <<ss",
    "tt = `«ls »#{uu}`; vv = :[]; def /(other) = 1",
    "ww = \"«two\nlines»\"",
    "foo(<<~A) { |x| x / 2 }\n«  a\n»  A",
    "xx = yy(zz) / 2 / ab[0] / 3; puts /«a'b»/",
    "if /«it's»/ =~ ac then 1 end",
];

const SHELL: &[&str] = &[
    "sleep 5",
    "a='«it # no \\»' b=\"«c \\\" »$(d '«e»')« $f »${g:-h}«»\" «# i 'j»",
    "k=$# l=${#m} n=${o#p} q=${r##*/} s=t#u «#v»",
    "cat <<X\n«it's »$(w \"«x»\")« »${y}« # no\n»X",
    "cat <<'X' <<-\"Y\"\n«$(no) `no`\n»X\n«\ta\n»\tY",
    "z=$(case $1 in a) b;; (c) d;; esac) e",
    "f=$(( 1 << 2 )); (( g <<= 1 )); h <<< \"«i»\"",
    "j=$'«k\\'l»' m=\\' n=\\\" o=\\#",
    "p=\"«»`q \"«r»\"`«»\"",
    "case $s in t) u;; v|w) x;; esac",
    "y() { z; } «# it's»",
    "echo a \\\n  b «# c»",
    "d=\"${e:-it's}«»${f:-\"«g»\"}\"",
    "h() ( cat <<-X )\n«\ti\n»\tX",
    "if [ \"«$j»\" = '«k»' ]; then l; fi",
];
