//! Lines in front of a tree's nodes.

/// What stands before a node: `last[d]` says whether the node above it at depth `d` is the last of its siblings.
pub fn tree_prefix(last: &[bool]) -> String {
    let mut out = String::new();
    for (depth, is_last) in last.iter().enumerate() {
        let own = depth + 1 == last.len();
        out.push_str(match (own, *is_last) {
            (true, true) => "└─ ",
            (true, false) => "├─ ",
            (false, true) => "   ",
            (false, false) => "│  ",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::tree_prefix;

    #[test]
    fn branches() {
        assert_eq!(tree_prefix(&[]), "");
        assert_eq!(tree_prefix(&[false]), "├─ ");
        assert_eq!(tree_prefix(&[false, true]), "│  └─ ");
        assert_eq!(tree_prefix(&[true, false]), "   ├─ ");
    }
}
