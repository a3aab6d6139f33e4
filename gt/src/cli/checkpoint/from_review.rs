//! `gt checkpoint from-review`.

use crate::cli::molecule::print;
use crate::molecule::review::{Review, Verdict};
use crate::molecule::{Acted, act, beads, load, review};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "from-review",
    aliases: &[],
    about: "Approve or reject the open checkpoint as a review of the pull request says, in the reviewer's name",
    args: Args::augment_args,
    run,
    example: "gt checkpoint from-review \"$GITHUB_EVENT_PATH\" --person lea-at-work=lea",
    codes: &[3, 4, 6, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// The forge's event: GitHub's `pull_request_review` as JSON; - = standard input
    #[arg(value_name = "EVENT")]
    event: String,
    /// Which molecule; without it, the one that the branch's commits name in their trailers
    #[arg(long, value_name = "NAME")]
    molecule: Option<String>,
    /// Who a login is here, where the names differ (several times)
    #[arg(long = "person", value_name = "LOGIN=NAME")]
    people: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if ctx.globals.actor.is_some() {
        return Err(Error::usage("the review says who decides").hint("`--person LOGIN=NAME` says who a login is here"));
    }
    let name = if args.event == "-" { "standard input" } else { &args.event };
    let review = Review::parse(&bd::cli::read_text(ctx, &args.event)?)
        .map_err(|e| bd::error::Error { message: format!("{name}: {}", e.message), ..e })?;
    ctx.globals.actor = Some(review.person(&args.people)?);
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let name = match args.molecule {
        Some(name) => name,
        None => review::molecule_of(&store, &snapshot, &review, now)?,
    };
    let id = beads::find(&store, &snapshot, &name)?;
    let view = load(&snapshot, &id, now)?;
    if review::recorded(&snapshot, &view, &review)? {
        let notes = vec![format!("{} was recorded before", review.address)];
        return print::acted(ctx, &Acted { view, letters: Vec::new(), notes }, "");
    }
    let step = review::checkpoint_of(&view, &review)?;
    let source = Some(review.address.clone());
    let (mut acted, first) = match &review.verdict {
        Verdict::Approved => {
            let note = Some(review.body.clone()).filter(|b| !b.is_empty());
            let approval = act::Approval { note, over: None, review: source };
            (ctx.write(|tx| act::approve(tx, &id, &step, &approval))?, "✅ Approved")
        }
        Verdict::ChangesRequested => {
            if review.body.is_empty() {
                return Err(Error::new(ErrorKind::Blocked, "the review asks for changes and does not say which")
                    .hint("Its text becomes the reason, and the worker reads it"));
            }
            let rejection = act::Rejection { reason: review.body.clone(), to: None, review: source };
            (ctx.write(|tx| act::reject(tx, &id, &step, &rejection))?, "❌ Rejected")
        }
    };
    crate::records::after(ctx, &mut acted)?;
    print::acted(ctx, &acted, &format!("{first}: {}/{step} by {}", acted.view.name, store.actor()))
}
