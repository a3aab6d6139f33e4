//! The operations of a history. Each takes the world one step on, or does nothing where it does not apply.

use crate::world::{Broken, World};

/// An operation with the share of steps that it gets.
pub struct Op {
    /// Its name in the report.
    pub name: &'static str,
    share: usize,
    run: fn(&mut World, usize) -> Result<bool, Broken>,
}

// Every operation has one signature, also those that cannot break a promise by themselves.
macro_rules! ops {
    ($($name:ident $share:literal),* $(,)?) => {
        /// Every operation that the design names (STATE 11).
        pub const OPS: &[Op] = &[$(Op { name: stringify!($name), share: $share, run: World::$name }),*];
    };
}

ops! {
    mutate 40, batch 2, undo 2, sync_twice 10, ride 6, wrong_clock 2,
    code_commit 6, new_branch 4, switch 4, branch_rename 2, branch_delete 2, detached 1, pull_request 5, push 4, push_main 3,
    forge_merge 4, forge_squash 4, forge_rebase 4, pull 5,
    merge 2, rebase 2, drop_commit 2, reorder 2, cherry_pick 2, revert 3, amend 2, reset 2,
    pack 2, pack_rides 4, gc 1,
    copied_clone 1, mirror_fetch 1, deleted_ref 2, shortened_ref 1, stale_lock 1, kill 4,
    hostile_branch 2, hostile_remote 2, redact 2,
}

/// One random step.
pub fn step(world: &mut World) -> Result<(), Broken> {
    let total: usize = OPS.iter().map(|o| o.share).sum();
    let mut at = world.rng.below(total);
    let op = OPS.iter().find(|o| {
        let here = at < o.share;
        at = at.saturating_sub(o.share);
        here
    });
    let Some(op) = op else { return Ok(()) };
    let peer = world.rng.below(world.peers.len());
    world.log.push(format!("-- {}", op.name));
    if (op.run)(world, peer)? {
        world.did(op.name);
    }
    if world.rng.one_in(5) {
        world.check_peer(peer)?;
    }
    Ok(())
}
