//! One file with all its mutants in it: each mutated place becomes a choice by number. The changed side is the source's own text
//! with cargo-mutants' replacement in it, so that it is parsed as that would be; what is not changed is rewritten further inside.

use crate::list::{Mutant, Offsets};
use std::collections::BTreeMap;
use std::ops::Range;
use syn::spanned::Spanned as _;
use syn::visit::Visit;

/// A mutant with its number and the bytes that it replaces.
type Numbered<'a> = (usize, &'a Mutant, Range<usize>);

enum Part {
    Text(String),
    /// Text that belongs to this mutant alone: what the compiler says about it, it says about the mutant.
    Of(usize, String),
    Source(Range<usize>),
}

struct Edit {
    range: Range<usize>,
    parts: Vec<Part>,
}

/// A file with its mutants as choices.
pub struct Rewritten {
    pub text: String,
    /// The bytes of the new text that belong to a mutant, or to all of one place.
    pub regions: Vec<(Range<usize>, Vec<usize>)>,
    /// Those that were put in.
    pub placed: Vec<usize>,
    /// Those that no choice can be made of, and why.
    pub left: Vec<(usize, &'static str)>,
}

/// `mutants` are those of this file by number; those in `out` are left as they are.
pub fn rewrite(text: &str, mutants: &[(usize, &Mutant)], out: &dyn Fn(usize) -> bool) -> Result<Rewritten, String> {
    let file = syn::parse_file(text).map_err(|e| e.to_string())?;
    let offsets = Offsets::new(text);
    let mut open: BTreeMap<(usize, &str), Vec<Numbered>> = BTreeMap::new();
    for (n, mutant) in mutants {
        let range = offsets.byte(mutant.span.start)..offsets.byte(mutant.span.end);
        open.entry((range.start, mutant.genre.as_str())).or_default().push((*n, mutant, range));
    }
    let mut visitor = Visitor { text, open, out, edits: Vec::new(), left: Vec::new(), frozen: 0, lazy: Vec::new() };
    visitor.visit_file(&file);
    let Visitor { mut edits, mut left, open, .. } = visitor;
    left.extend(open.into_values().flatten().filter(|(n, ..)| !out(*n)).map(|(n, ..)| (n, "its place was not found")));
    // The outer before the inner; of two in the same place the one that was met first, and what is put in between before all.
    edits.sort_by_key(|e| (e.range.start, if e.range.is_empty() { 0 } else { 1 }, std::cmp::Reverse(e.range.end)));
    let mut rewritten = Rewritten { text: String::new(), regions: Vec::new(), placed: Vec::new(), left };
    render(text, &edits, 0..text.len(), 0, &mut rewritten);
    Ok(rewritten)
}

fn render(text: &str, edits: &[Edit], range: Range<usize>, from: usize, out: &mut Rewritten) {
    let mut at = range.start;
    for (i, edit) in edits.iter().enumerate().skip(from) {
        if edit.range.start >= range.end {
            break;
        }
        if edit.range.start < at || edit.range.end > range.end {
            continue;
        }
        out.text.push_str(&text[at..edit.range.start]);
        let begin = out.text.len();
        let mut own = Vec::new();
        for part in &edit.parts {
            match part {
                Part::Text(text) => out.text.push_str(text),
                Part::Of(n, text) => {
                    let begin = out.text.len();
                    out.text.push_str(text);
                    out.regions.push((begin..out.text.len(), vec![*n]));
                    own.push(*n);
                }
                Part::Source(inner) => render(text, edits, inner.clone(), i + 1, out),
            }
        }
        out.placed.extend(&own);
        out.regions.push((begin..out.text.len(), own));
        at = edit.range.end;
    }
    out.text.push_str(&text[at..range.end]);
}

struct Visitor<'a> {
    text: &'a str,
    open: BTreeMap<(usize, &'a str), Vec<Numbered<'a>>>,
    out: &'a dyn Fn(usize) -> bool,
    edits: Vec<Edit>,
    left: Vec<(usize, &'static str)>,
    /// Within a constant, where nothing can be chosen at run time.
    frozen: usize,
    /// Constants with mutants in them; they stand before what uses them.
    lazy: Vec<String>,
}

impl<'a> Visitor<'a> {
    fn take(&mut self, start: usize, genre: &'static str) -> Vec<Numbered<'a>> {
        let mut found = self.open.remove(&(start, genre)).unwrap_or_default();
        found.retain(|(n, ..)| !(self.out)(*n));
        if self.frozen > 0 {
            self.left.extend(found.drain(..).map(|(n, ..)| (n, "in a constant")));
        }
        found
    }

    /// The source's text; only the constants that are none any more are looked behind.
    fn plain(&self, range: Range<usize>) -> String {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        self.lazy.iter().fold(self.text[range].to_owned(), |text, name| {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(name.as_str()) {
                let (before, after) = (&rest[..at], &rest[at + name.len()..]);
                let whole = !before.ends_with(is_word) && !after.starts_with(is_word);
                out.push_str(before);
                out.push_str(&if whole { format!("(*{name})") } else { name.clone() });
                rest = after;
            }
            out + rest
        })
    }

    /// `range` becomes a choice between its text with one of the mutants in it and itself.
    fn choice(&mut self, range: Range<usize>, mutants: Vec<Numbered<'a>>) {
        if mutants.is_empty() {
            return;
        }
        let mut parts = vec![Part::Text(format!("(match crate::mutant(&{:?}) {{ ", mutants.iter().map(|(n, ..)| *n).collect::<Vec<_>>()))];
        for (n, mutant, replaced) in mutants {
            parts.push(Part::Text(format!("{n} => ")));
            let (before, after) = (self.plain(range.start..replaced.start), self.plain(replaced.end..range.end));
            parts.push(Part::Of(n, format!("{{ {before} {} {after} }}", mutant.replacement)));
            parts.push(Part::Text(", ".to_owned()));
        }
        parts.push(Part::Text("_ => { ".to_owned()));
        parts.push(Part::Source(range.clone()));
        parts.push(Part::Text(" } })".to_owned()));
        self.edits.push(Edit { range, parts });
    }

    fn body(&mut self, sig: &syn::Signature, block: &syn::Block) {
        let Some(first) = block.stmts.first() else { return };
        let start = first.span().byte_range().start;
        let mut mutants = self.take(start, "FnValue");
        if let syn::ReturnType::Type(_, of) = &sig.output
            && let syn::Type::ImplTrait(_) = &**of
        {
            // It is one type, and the replacement is another.
            self.left.extend(mutants.drain(..).map(|(n, ..)| (n, "returns `impl`")));
        }
        let mut parts = Vec::new();
        for (n, mutant, _) in mutants {
            parts.push(Part::Text(format!("if crate::mutant(&[{n}]) == {n} ")));
            parts.push(Part::Of(n, format!("{{ return {}; }} ", mutant.replacement)));
        }
        if !parts.is_empty() {
            self.edits.push(Edit { range: start..start, parts });
        }
    }

    fn binaries(&mut self, i: &syn::ExprBinary, into: &mut Vec<Numbered<'a>>) {
        into.extend(self.take(i.op.span().byte_range().start, "BinaryOperator"));
        for side in [&i.left, &i.right] {
            if let syn::Expr::Binary(inner) = &**side {
                self.binaries(inner, into);
            }
        }
    }

    fn sides(&mut self, i: &syn::ExprBinary) {
        for side in [&i.left, &i.right] {
            match &**side {
                syn::Expr::Binary(inner) => self.sides(inner),
                other => self.visit_expr(other),
            }
        }
    }

    /// A chain of conditions with `let` in it: `||` does not compile there, and the chain itself cannot be a choice.
    fn chain(&mut self, i: &syn::ExprBinary) {
        let ands = self.take(i.op.span().byte_range().start, "BinaryOperator");
        self.left.extend(ands.into_iter().map(|(n, ..)| (n, "`||` beside `let`")));
        for side in [&i.left, &i.right] {
            match &**side {
                syn::Expr::Binary(inner) if matches!(inner.op, syn::BinOp::And(_)) => self.chain(inner),
                other => self.visit_expr(other),
            }
        }
    }

    fn frozen(&mut self, expr: &syn::Expr) {
        self.frozen += 1;
        self.visit_expr(expr);
        self.frozen -= 1;
    }
}

fn has_let(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(b) if matches!(b.op, syn::BinOp::And(_)) => has_let(&b.left) || has_let(&b.right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_fn(&mut self, i: &'ast syn::ItemFn) {
        self.frozen += usize::from(i.sig.constness.is_some());
        self.body(&i.sig, &i.block);
        syn::visit::visit_item_fn(self, i);
        self.frozen -= usize::from(i.sig.constness.is_some());
    }

    fn visit_impl_item_fn(&mut self, i: &'ast syn::ImplItemFn) {
        self.frozen += usize::from(i.sig.constness.is_some());
        self.body(&i.sig, &i.block);
        syn::visit::visit_impl_item_fn(self, i);
        self.frozen -= usize::from(i.sig.constness.is_some());
    }

    fn visit_trait_item_fn(&mut self, i: &'ast syn::TraitItemFn) {
        if let Some(block) = &i.default {
            self.body(&i.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, i);
    }

    fn visit_item_const(&mut self, i: &'ast syn::ItemConst) {
        let range = i.expr.span().byte_range();
        let inside = |(at, _): &(usize, &str)| range.contains(at);
        if !self.open.iter().any(|(key, all)| inside(key) && all.iter().any(|(n, ..)| !(self.out)(*n))) {
            return self.frozen(&i.expr);
        }
        // Made when it is first asked for, and each use of its name looks behind it.
        let (before, of) = (i.const_token.span.byte_range(), i.ty.span().byte_range());
        self.edits.push(Edit { range: before, parts: vec![Part::Text("static".to_owned())] });
        let around = |open: &str, inner: Range<usize>, close: &str| {
            vec![Part::Text(open.to_owned()), Part::Source(inner), Part::Text(close.to_owned())]
        };
        self.edits.push(Edit { range: of.clone(), parts: around("std::sync::LazyLock<", of, ">") });
        self.edits.push(Edit { range: range.clone(), parts: around("std::sync::LazyLock::new(|| ", range, ")") });
        self.lazy.push(i.ident.to_string());
        self.visit_expr(&i.expr);
    }

    fn visit_expr_path(&mut self, i: &'ast syn::ExprPath) {
        if let Some(name) = i.path.get_ident().filter(|name| self.lazy.iter().any(|lazy| *name == lazy)) {
            self.edits.push(Edit { range: name.span().byte_range(), parts: vec![Part::Text(format!("(*{name})"))] });
        }
    }

    fn visit_item_static(&mut self, i: &'ast syn::ItemStatic) {
        self.frozen(&i.expr);
    }

    fn visit_impl_item_const(&mut self, i: &'ast syn::ImplItemConst) {
        self.frozen(&i.expr);
    }

    fn visit_expr_repeat(&mut self, i: &'ast syn::ExprRepeat) {
        self.visit_expr(&i.expr);
        self.frozen(&i.len);
    }

    fn visit_expr_closure(&mut self, i: &'ast syn::ExprClosure) {
        let frozen = std::mem::take(&mut self.frozen);
        syn::visit::visit_expr_closure(self, i);
        self.frozen = frozen;
    }

    fn visit_expr_binary(&mut self, i: &'ast syn::ExprBinary) {
        if has_let(&i.left) || has_let(&i.right) {
            return self.chain(i);
        }
        let mut mutants = Vec::new();
        self.binaries(i, &mut mutants);
        self.choice(i.span().byte_range(), mutants);
        self.sides(i);
    }

    fn visit_expr_unary(&mut self, i: &'ast syn::ExprUnary) {
        let range = i.span().byte_range();
        let mutants = self.take(range.start, "UnaryOperator");
        self.choice(range, mutants);
        syn::visit::visit_expr_unary(self, i);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (start, end) = (arm.span().byte_range().start, arm.pat.span().byte_range().end);
        for (n, ..) in self.take(start, "MatchArm") {
            self.edits.push(Edit { range: end..end, parts: vec![Part::Of(n, format!(" if crate::mutant(&[{n}]) != {n} "))] });
        }
        if let Some((_, guard)) = &arm.guard {
            let range = guard.span().byte_range();
            let mutants = self.take(range.start, "MatchArmGuard");
            self.choice(range, mutants);
        }
        syn::visit::visit_arm(self, arm);
    }

    fn visit_expr_match(&mut self, i: &'ast syn::ExprMatch) {
        // A guard on an arm is as good as its deletion where something else takes all; else the compiler has to see the deletion.
        let takes_all = |arm: &syn::Arm| matches!(arm.pat, syn::Pat::Wild(_)) && arm.guard.is_none();
        if !i.arms.iter().any(takes_all) {
            let mut mutants = Vec::new();
            for arm in &i.arms {
                mutants.extend(self.take(arm.span().byte_range().start, "MatchArm"));
            }
            self.choice(i.span().byte_range(), mutants);
        }
        syn::visit::visit_expr_match(self, i);
    }

    fn visit_expr_struct(&mut self, i: &'ast syn::ExprStruct) {
        let mut mutants = Vec::new();
        for field in &i.fields {
            mutants.extend(self.take(field.span().byte_range().start, "StructField"));
        }
        self.choice(i.span().byte_range(), mutants);
        syn::visit::visit_expr_struct(self, i);
    }
}

/// What the rewritten library asks: the number of the mutant that is on. It notes which of them were asked for where
/// `MUTANT_LOG` names a file.
pub const ASKED: &str = include_str!("asked.rs");
