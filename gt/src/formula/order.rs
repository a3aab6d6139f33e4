//! An order in which everything comes after what it needs, as near as can be to that of the file.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What sorting comes to.
pub(super) struct Sorted {
    /// All that is in no circle and behind none, in order.
    pub order: Vec<usize>,
    /// The circles; each one names, from one step to what it needs.
    pub circles: Vec<Vec<usize>>,
}

/// Sorts: `needs[n]` is what n needs. Near-linear.
pub(super) fn sort(needs: &[Vec<usize>]) -> Sorted {
    let mut left: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut wants: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (at, needed) in needs.iter().enumerate() {
        for need in needed {
            wants[*need].push(at);
        }
    }
    let mut free: BinaryHeap<Reverse<usize>> = (0..needs.len()).filter(|at| left[*at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse(at)) = free.pop() {
        order.push(at);
        for next in &wants[at] {
            left[*next] -= 1;
            if left[*next] == 0 {
                free.push(Reverse(*next));
            }
        }
    }
    let circles = if order.len() == needs.len() { Vec::new() } else { circles(needs, &left) };
    Sorted { order, circles }
}

/// Circles among what could not be sorted. Each of those needs another one of them: going on along these ends in a circle.
fn circles(needs: &[Vec<usize>], left: &[usize]) -> Vec<Vec<usize>> {
    let mut walk = vec![usize::MAX; needs.len()];
    let mut out = Vec::new();
    for start in (0..needs.len()).filter(|at| left[*at] > 0) {
        let mut path = Vec::new();
        let mut at = start;
        while walk[at] == usize::MAX {
            walk[at] = start;
            path.push(at);
            let Some(next) = needs[at].iter().copied().find(|n| left[*n] > 0) else { break };
            at = next;
        }
        if walk[at] == start {
            if let Some(from) = path.iter().position(|p| *p == at) {
                out.push(path[from..].to_vec());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_file_where_it_can_be() {
        let sorted = sort(&[vec![], vec![3], vec![0], vec![0]]);
        assert_eq!((sorted.order, sorted.circles.len()), (vec![0, 2, 3, 1], 0));
    }

    #[test]
    fn circles_are_named_and_what_is_behind_them_is_not() {
        let sorted = sort(&[vec![1], vec![0], vec![1], vec![], vec![4]]);
        assert_eq!(sorted.order, [3]);
        assert_eq!(sorted.circles, [vec![0, 1], vec![4]]);
    }
}
