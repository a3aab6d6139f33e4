//! Columns.

use super::Text;

/// Rows whose cells stand below each other. The last column takes the room that is left and is cut there.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<Text>>,
}

impl Table {
    /// Without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Text>) {
        self.rows.push(cells);
    }

    /// The lines. `width` = 0 cuts nothing.
    pub fn lines(&self, width: usize) -> Vec<Text> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> =
            (0..columns).map(|c| self.rows.iter().filter_map(|r| r.get(c)).map(Text::width).max().unwrap_or(0)).collect();
        let mut out = Vec::new();
        for row in &self.rows {
            let mut line = Text::new();
            for (c, cell) in row.iter().enumerate() {
                if c > 0 && widths[..c].iter().any(|w| *w > 0) && widths[c] > 0 {
                    line = line.plain("  ");
                }
                let pad = widths[c].saturating_sub(cell.width());
                line.append(cell.clone());
                if c + 1 < row.len() {
                    line = line.plain(" ".repeat(pad));
                }
            }
            out.push(if width == 0 { line } else { line.cut(width) });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_is_cut() {
        let mut table = Table::new();
        table.row(vec!["a".into(), "long title here".into()]);
        table.row(vec!["bbb".into(), "x".into()]);
        let lines: Vec<String> = table.lines(12).iter().map(|t| t.render(false)).collect();
        assert_eq!(lines, ["a    long t…", "bbb  x"]);
        assert!(table.lines(0)[0].render(false).ends_with("here"));
    }
}
