//! Long text on lines of a width.

/// The lines of a text, each at most `width` characters wide where its words allow it. Line ends, and the blanks that
/// begin a line (lists, code), stay; the continuation of an indented line is indented alike.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let indent: String = line.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let room = width.saturating_sub(indent.chars().count()).max(20);
        if line.chars().count() <= room {
            out.push(line.to_owned());
            continue;
        }
        let mut current = String::new();
        let mut length = 0;
        for word in line.split_whitespace() {
            let word_length = word.chars().count();
            if length > 0 && length + 1 + word_length > room {
                out.push(format!("{indent}{current}"));
                current.clear();
                length = 0;
            }
            if length > 0 {
                current.push(' ');
                length += 1;
            }
            current.push_str(word);
            length += word_length;
        }
        out.push(format!("{indent}{current}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn words_stay_whole_and_indents_stay() {
        assert_eq!(wrap("one two three four five six", 20), ["one two three four", "five six"]);
        assert_eq!(wrap("  code here\n\nx", 20), ["  code here", "", "x"]);
        let long = "x".repeat(50);
        assert_eq!(wrap(&long, 20), [long]);
    }
}
