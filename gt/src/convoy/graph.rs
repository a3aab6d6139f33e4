//! The members of a convoy as a graph: text, Mermaid, Graphviz, and a small SVG of our own.

use super::Standing;
use super::board::Board;
use super::stage::{Node, plan};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is drawn: members by wave, and what waits for what.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The convoy's name.
    pub title: String,
    /// The members, by column: closed ones stand where they stood in the plan.
    pub columns: Vec<Vec<Dot>>,
    /// Pairs of places: what comes first, what waits for it.
    pub edges: Vec<((usize, usize), (usize, usize))>,
}

/// One member.
#[derive(Clone, Debug)]
pub struct Dot {
    /// For people.
    pub shown: String,
    /// In words, as on the board.
    pub words: String,
    /// Where it stands.
    pub standing: Standing,
}

/// Makes the graph of a board. `nodes` are the same members as [`super::stage`] sees them.
pub fn graph(board: &Board, nodes: &[Node]) -> Graph {
    // Every member has its place, so everything is laid out as if nothing were closed yet.
    let open: Vec<Node> = nodes.iter().map(|n| Node { closed: false, missing: false, ..n.clone() }).collect();
    let mut columns = plan(&open).waves;
    let placed: Vec<&String> = columns.iter().flatten().collect();
    let rest: Vec<String> = nodes.iter().map(|n| &n.id).filter(|id| !placed.contains(id)).cloned().collect();
    if !rest.is_empty() {
        columns.push(rest);
    }
    let lines: BTreeMap<String, &super::Line> =
        board.lines().map(|l| (l.bead.clone().unwrap_or_else(|| l.id.clone()), l)).collect();
    let mut place: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut out = Graph { title: board.facts.id.clone(), ..Graph::default() };
    for (x, column) in columns.iter().enumerate() {
        let mut dots = Vec::new();
        for id in column {
            let Some(line) = lines.get(id) else { continue };
            place.insert(id, (x, dots.len()));
            dots.push(Dot { shown: line.shown.clone(), words: line.words.clone(), standing: line.standing });
        }
        out.columns.push(dots);
    }
    for node in nodes {
        let Some(to) = place.get(node.id.as_str()) else { continue };
        for need in &node.needs {
            if let Some(from) = place.get(need.id.as_str()).filter(|from| *from != to) {
                out.edges.push((*from, *to));
            }
        }
    }
    out.edges.sort_unstable();
    out.edges.dedup();
    out
}

impl Graph {
    fn dots(&self) -> impl Iterator<Item = ((usize, usize), &Dot)> {
        self.columns.iter().enumerate().flat_map(|(x, c)| c.iter().enumerate().map(move |(y, d)| ((x, y), d)))
    }

    /// One member a line, with what it waits for below it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, dot) in self.dots() {
            let _ = writeln!(out, "{} {} ({})", dot.standing.mark(), dot.shown, dot.words);
            for (from, _) in self.edges.iter().filter(|(_, to)| *to == at) {
                let _ = writeln!(out, "   ← {}", self.columns[from.0][from.1].shown);
            }
        }
        out
    }

    /// A Mermaid flow chart.
    pub fn mermaid(&self) -> String {
        let mut out = "flowchart LR\n".to_owned();
        for ((x, y), dot) in self.dots() {
            let label = format!("{}<br/>{}", mermaid_text(&dot.shown), mermaid_text(&dot.words));
            let _ = writeln!(out, "  n{x}_{y}[\"{label}\"]:::{}", class(dot.standing));
        }
        for ((ax, ay), (bx, by)) in &self.edges {
            let _ = writeln!(out, "  n{ax}_{ay} --> n{bx}_{by}");
        }
        for (name, fill) in CLASSES {
            let _ = writeln!(out, "  classDef {name} fill:{fill},stroke:#555,color:#111");
        }
        out
    }

    /// A Graphviz digraph.
    pub fn dot(&self) -> String {
        let quote = |t: &str| t.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " ");
        let mut out = format!("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box, style=filled];\n", quote(&self.title));
        for ((x, y), dot) in self.dots() {
            let label = format!("{}\\n{}", quote(&dot.shown), quote(&dot.words));
            let _ = writeln!(out, "  n{x}_{y} [label=\"{label}\", fillcolor=\"{}\"];", fill(dot.standing));
        }
        for ((ax, ay), (bx, by)) in &self.edges {
            let _ = writeln!(out, "  n{ax}_{ay} -> n{bx}_{by};");
        }
        out.push_str("}\n");
        out
    }

    /// A picture: a column a wave, lines from left to right.
    pub fn svg(&self) -> String {
        let (w, h, gap_x, gap_y, margin) = (250, 46, 60, 18, 20);
        let rows = self.columns.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let width = margin * 2 + self.columns.len().max(1) * (w + gap_x) - gap_x;
        let height = margin * 2 + rows * (h + gap_y) - gap_y;
        let left = |x: usize| margin + x * (w + gap_x);
        let top = |y: usize| margin + y * (h + gap_y);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<title>{}</title>\n",
            xml(&self.title)
        );
        for ((ax, ay), (bx, by)) in &self.edges {
            let (x1, y1, x2, y2) = (left(*ax) + w, top(*ay) + h / 2, left(*bx), top(*by) + h / 2);
            let (c1, c2) = (x1 + gap_x / 2, x2.saturating_sub(gap_x / 2));
            let _ = writeln!(out, "<path d=\"M{x1} {y1} C{c1} {y1} {c2} {y2} {x2} {y2}\" fill=\"none\" stroke=\"#888\"/>");
        }
        for ((x, y), dot) in self.dots() {
            let (x, y) = (left(x), top(y));
            let (tx, ty, sy) = (x + 10, y + 19, y + 36);
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"6\" fill=\"{}\" stroke=\"#555\"/>\
                 <text x=\"{tx}\" y=\"{ty}\" fill=\"#111\" font-weight=\"bold\">{}</text>\
                 <text x=\"{tx}\" y=\"{sy}\" fill=\"#333\">{}</text>",
                fill(dot.standing),
                xml(&cut(&dot.shown, 34)),
                xml(&cut(&dot.words, 38)),
            );
        }
        out.push_str("</svg>\n");
        out
    }
}

const CLASSES: [(&str, &str); 5] =
    [("done", "#c7e9c0"), ("active", "#c6dbef"), ("wait", "#eeeeee"), ("trouble", "#fcbba1"), ("gone", "#dddddd")];

fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Done | Standing::Recorded => "done",
        Standing::Active | Standing::Awaiting => "active",
        Standing::NeedsFix | Standing::Missing | Standing::Paused => "trouble",
        Standing::GivenUp => "gone",
        Standing::Planned | Standing::Startable | Standing::Ready | Standing::Waiting => "wait",
    }
}

fn fill(standing: Standing) -> &'static str {
    let class = class(standing);
    CLASSES.iter().find(|(name, _)| *name == class).map_or("#ffffff", |(_, fill)| fill)
}

/// Entity codes of Mermaid: titles come from people and may hold anything.
fn mermaid_text(text: &str) -> String {
    let each = text.chars().map(|c| match c {
        c if c.is_control() => " ".to_owned(),
        '"' | '<' | '>' | '&' | '#' | '`' | ';' | '[' | ']' | '{' | '}' | '(' | ')' | '|' => format!("#{};", c as u32),
        c => c.to_string(),
    });
    each.collect()
}

fn xml(text: &str) -> String {
    let each = text.chars().map(|c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    });
    each.collect()
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Graph {
        let dot = |shown: &str, standing| Dot { shown: shown.into(), words: "ready".into(), standing };
        Graph {
            title: "x\"y".into(),
            columns: vec![vec![dot("a", Standing::Done)], vec![dot("b \"<script>\" ]; \u{1b}[2J", Standing::NeedsFix)]],
            edges: vec![((0, 0), (1, 0))],
        }
    }

    #[test]
    fn titles_cannot_leave_their_place() {
        let g = sample();
        let mermaid = g.mermaid();
        assert!(mermaid.contains("n0_0 --> n1_0") && mermaid.contains("n1_0[\"b #34;#60;script#62;#34; #93;#59;"), "{mermaid}");
        let dot = g.dot();
        assert!(dot.contains("n0_0 -> n1_0;") && dot.contains("b \\\"<script>\\\""), "{dot}");
        let svg = g.svg();
        assert!(svg.contains("b &quot;&lt;script&gt;&quot;") && !svg.contains("<script"), "{svg}");
        for text in [&mermaid, &dot, &svg] {
            assert!(!text.contains('\u{1b}'));
        }
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(g.text().contains("   ← a\n"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let g = Graph::default();
        assert!(g.text().is_empty() && g.svg().ends_with("</svg>\n") && g.dot().ends_with("}\n"));
    }
}
