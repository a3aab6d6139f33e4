//! A recipe as a drawing: lines of text, Mermaid, Graphviz.

use super::recipe::{Recipe, Step, StepKind};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines for a terminal.
    Text,
    /// Mermaid, which forges draw in Markdown.
    Mermaid,
    /// Graphviz.
    Dot,
}

impl Format {
    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "mermaid" => Self::Mermaid,
            "dot" => Self::Dot,
            _ => return None,
        })
    }
}

/// For each step how many stand before it on the longest way, from 1: those of one number may be worked on side by side.
pub fn levels(recipe: &Recipe) -> Vec<usize> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let mut out = Vec::with_capacity(recipe.steps.len());
    for step in &recipe.steps {
        let level = step.needs.iter().filter_map(|n| by_name.get(n.as_str())).max().map_or(1, |before| before + 1);
        by_name.insert(&step.id, level);
        out.push(level);
    }
    out
}

/// The drawing, without a line end. Nothing in a title can end a label.
pub fn draw(recipe: &Recipe, format: Format) -> String {
    match format {
        Format::Text => text(recipe),
        Format::Mermaid => mermaid(recipe),
        Format::Dot => dot(recipe),
    }
}

fn text(recipe: &Recipe) -> String {
    let levels = levels(recipe);
    let digits = levels.iter().max().map_or(1, |m| m.to_string().len());
    let mut out = String::new();
    for (step, level) in recipe.steps.iter().zip(levels) {
        let _ = write!(out, "{level:digits$}  {} {}", sign(step.kind), step.id);
        if !step.needs.is_empty() {
            let _ = write!(out, "  after {}", step.needs.join(", "));
        }
        if let Some(back) = &step.on_fail {
            let _ = write!(out, "  back to {}", back.goto);
        }
        out.push('\n');
    }
    out.pop();
    out
}

fn sign(kind: StepKind) -> char {
    match kind {
        StepKind::Work => '-',
        StepKind::Checkpoint => '?',
        StepKind::Validation => '!',
        StepKind::Compliance => '%',
        StepKind::Document => '=',
    }
}

fn mermaid(recipe: &Recipe) -> String {
    // A name may be a word of Mermaid's own, so numbers stand for the steps.
    let label = |step: &Step| {
        let text: String = step.title.chars().filter(|c| !c.is_control()).collect();
        let text =
            text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;").replace('#', "&#35;");
        format!("\"{}<br/>{}\"", step.id, text.replace('`', "&#96;"))
    };
    drawing(
        recipe,
        "flowchart TD",
        "",
        |at, step| match step.kind {
            StepKind::Checkpoint => format!("n{at}{{{{{}}}}}", label(step)),
            StepKind::Validation | StepKind::Compliance => format!("n{at}[[{}]]", label(step)),
            StepKind::Work | StepKind::Document => format!("n{at}[{}]", label(step)),
        },
        |from, to, back| if back { format!("n{from} -. back .-> n{to}") } else { format!("n{from} --> n{to}") },
    )
}

fn dot(recipe: &Recipe) -> String {
    let escape =
        |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>().replace('\\', "\\\\").replace('"', "\\\"");
    let shape = |step: &Step| match step.kind {
        StepKind::Checkpoint => "diamond",
        StepKind::Validation | StepKind::Compliance => "octagon",
        StepKind::Work | StepKind::Document => "box",
    };
    drawing(
        recipe,
        &format!("digraph \"{}\" {{", escape(&recipe.name)),
        "}",
        |at, step| format!("n{at} [shape={} label=\"{}\\n{}\"];", shape(step), escape(&step.id), escape(&step.title)),
        |from, to, back| format!("n{from} -> n{to}{};", if back { " [style=dashed label=\"back\" constraint=false]" } else { "" }),
    )
}

fn drawing(
    recipe: &Recipe,
    first: &str,
    last: &str,
    node: impl Fn(usize, &Step) -> String,
    edge: impl Fn(usize, usize, bool) -> String,
) -> String {
    let places: HashMap<&str, usize> = recipe.steps.iter().enumerate().map(|(at, s)| (s.id.as_str(), at)).collect();
    let mut lines = vec![first.to_owned()];
    lines.extend(recipe.steps.iter().enumerate().map(|(at, step)| format!("  {}", node(at, step))));
    for (at, step) in recipe.steps.iter().enumerate() {
        let needs = step.needs.iter().filter_map(|n| places.get(n.as_str()));
        lines.extend(needs.map(|need| format!("  {}", edge(*need, at, false))));
        let back = step.on_fail.as_ref().and_then(|b| places.get(b.goto.as_str()));
        lines.extend(back.map(|to| format!("  {}", edge(at, *to, true))));
    }
    lines.extend((!last.is_empty()).then(|| last.to_owned()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        let step = |id: &str, title: &str, needs: &[&str]| Step {
            id: id.into(),
            title: title.into(),
            needs: needs.iter().map(|n| (*n).to_owned()).collect(),
            ..Step::default()
        };
        let mut check = step("check", "Say \"yes\" <b> \\ `x` # & \u{1b}", &["a", "end"]);
        check.kind = StepKind::Checkpoint;
        check.on_fail = Some(super::super::OnFail { goto: "a".into(), derived: true });
        Recipe { name: "r".into(), steps: vec![step("a", "A", &[]), step("end", "B", &[]), check], ..Recipe::default() }
    }

    #[test]
    fn three_forms() {
        let recipe = recipe();
        assert_eq!(levels(&recipe), [1, 1, 2]);
        assert_eq!(draw(&recipe, Format::Text), "1  - a\n1  - end\n2  ? check  after a, end  back to a");
        let mermaid = draw(&recipe, Format::Mermaid);
        assert!(mermaid.starts_with("flowchart TD\n  n0[\"a<br/>A\"]\n"), "{mermaid}");
        assert!(mermaid.contains("n2{{\"check<br/>Say &quot;yes&quot; &lt;b&gt;"), "{mermaid}");
        assert!(mermaid.ends_with("  n0 --> n2\n  n1 --> n2\n  n2 -. back .-> n0"), "{mermaid}");
        let dot = draw(&recipe, Format::Dot);
        assert!(dot.contains("label=\"check\\nSay \\\"yes\\\" <b> \\\\ `x`") && dot.ends_with('}'), "{dot}");
        assert!(!dot.contains('\u{1b}') && !mermaid.contains('\u{1b}'));
    }
}
