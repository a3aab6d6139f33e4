//! `gt mail send`.

use super::print::{object, schema};
use crate::mail::{self, Artifact, Directory, Draft, MailKind, Mailbox, Marks, Priority, Sent, text};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use bd::ops::change::check_text;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use std::io::Read;

pub(super) const SUB: Sub = Sub {
    name: "send",
    aliases: &[],
    about: "Send a message to people, teams or agents",
    args: Args::augment_args,
    run,
    example: "gt mail send @gateway -s \"The plan is ready\" -m \"Two questions are open\" --priority high",
    codes: &[4, 7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// To whom: @user, @team, rig/agent, mayor/, group:NAME, channel:NAME, overseer, self
    #[arg(value_name = "ADDRESS")]
    address: Vec<String>,
    /// To whom, said again
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// To the human on top
    #[arg(long)]
    human: bool,
    /// To yourself
    #[arg(long = "self")]
    myself: bool,
    /// Copies to
    #[arg(long, value_name = "ADDRESS")]
    cc: Vec<String>,
    /// What it is about, one line
    #[arg(short, long, value_name = "TEXT")]
    subject: Option<String>,
    /// The text
    #[arg(short, long, alias = "message", value_name = "TEXT")]
    body: Option<String>,
    /// The text (the same)
    #[arg(short = 'm', value_name = "TEXT", conflicts_with = "body")]
    text: Option<String>,
    /// Read the text from standard input
    #[arg(long, conflicts_with_all = ["body", "text"])]
    stdin: bool,
    /// task, escalation, notification, reply, handoff or alert
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// low, normal, high or urgent
    #[arg(short, long, value_name = "PRIORITY")]
    priority: Option<String>,
    /// The same as --priority urgent
    #[arg(long, conflicts_with = "priority")]
    urgent: bool,
    /// The message that it answers
    #[arg(long, value_name = "ID")]
    reply_to: Option<String>,
    /// The bead that it is about
    #[arg(long, value_name = "ID")]
    about: Option<String>,
    /// A file of the repository to name, with the bytes that it has now
    #[arg(long, value_name = "PATH")]
    artifact: Vec<String>,
    /// Keep it on top of the inbox
    #[arg(long)]
    pinned: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let subject = text::subject(args.subject.as_deref().unwrap_or_default())?;
    let body = if args.stdin { stdin()? } else { args.body.or(args.text).unwrap_or_default() };
    let body = text::body(&body)?;
    check_text("subject", &subject)?;
    check_text("body", &body)?;
    let mut to: Vec<String> = args.address.into_iter().chain(args.to).collect();
    to.extend(args.human.then(|| "overseer".to_owned()));
    to.extend(args.myself.then(|| "self".to_owned()));
    if to.is_empty() {
        return Err(Error::usage("a message needs an address").hint("`gt mail directory` shows who can be written to"));
    }
    let kind = kind(args.kind.as_deref())?;
    let priority = if args.urgent { Priority::Urgent } else { priority(args.priority.as_deref())? };
    let store = ctx.store()?;
    let artifacts = args.artifact.iter().map(|path| Artifact::of(&store, path)).collect::<Result<Vec<_>>>()?;
    let mut draft = Draft { to, cc: args.cc, subject, body, kind, priority, artifacts, pinned: args.pinned, ..Draft::default() };
    let snapshot = ctx.snapshot()?;
    if let Some(answered) = &args.reply_to {
        let mailbox = Mailbox::load(&snapshot)?;
        let answered = mailbox.find(answered)?;
        (draft.reply_to, draft.thread) = (Some(answered.id), Some(answered.thread));
        if args.kind.is_none() {
            draft.kind = MailKind::Reply;
        }
    }
    if let Some(about) = &args.about {
        draft.about = Some(snapshot.resolve(about)?.to_string());
    }
    deliver(ctx, &draft)
}

/// Sends a draft and says to whom.
pub(super) fn deliver(ctx: &mut Ctx<'_, '_>, draft: &Draft) -> Result<()> {
    let sent = ctx.write(|tx| {
        let directory = Directory::load(tx.store(), tx.snapshot())?;
        mail::send(tx, &directory, draft)
    })?;
    said(ctx, &sent)?;
    Ok(())
}

fn said(ctx: &mut Ctx<'_, '_>, sent: &Sent) -> Result<()> {
    let store = ctx.store()?;
    let mailbox = Mailbox::load(&ctx.snapshot()?)?;
    let message = mailbox.find(&sent.id.to_string())?;
    if ctx.ui.is_json() {
        let marks = Marks::load(&store, store.actor().as_str())?;
        return ctx.ui.json(&object(message.clone(), &marks));
    }
    let mut line = Text::new().plain("📨 Sent ").with(Style::Id, mailbox.short(message)).plain(" to ");
    let all: Vec<String> = sent.to.iter().chain(&sent.cc).map(|r| shown(r, store.actor().as_str())).collect();
    line.push(Style::Actor, all.join(", "));
    ctx.ui.line(line.plain(format!(": {}", message.subject)))?;
    ctx.ui.talk("It is in this clone: `bd sync` brings it to others");
    Ok(())
}

fn shown(recipient: &crate::mail::Recipient, _me: &str) -> String {
    let members: Vec<&str> = recipient.members.iter().map(String::as_str).collect();
    if recipient.for_team {
        return format!("{} (it has no members: {} receives)", recipient.address, members.join(", "));
    }
    match members.as_slice() {
        [_] => recipient.address.clone(),
        many if many.len() <= 6 => format!("{} ({})", recipient.address, many.join(", ")),
        many => format!("{} ({} readers)", recipient.address, many.len()),
    }
}

/// A kind by its word.
pub(super) fn kind(text: Option<&str>) -> Result<MailKind> {
    let Some(text) = text else { return Ok(MailKind::default()) };
    MailKind::parse(text).ok_or_else(|| {
        let all: Vec<&str> = MailKind::ALL.iter().map(|k| k.as_str()).collect();
        Error::usage(format!("there is no type of mail `{}`", text.escape_debug())).hint(format!("One of {}", all.join(", ")))
    })
}

fn priority(text: Option<&str>) -> Result<Priority> {
    let Some(text) = text else { return Ok(Priority::default()) };
    Priority::parse(text).ok_or_else(|| {
        let all: Vec<&str> = Priority::ALL.iter().map(|p| p.as_str()).collect();
        Error::usage(format!("there is no priority `{}`", text.escape_debug())).hint(format!("One of {}", all.join(", ")))
    })
}

/// What comes on standard input, bounded.
pub(in crate::cli) fn stdin() -> Result<String> {
    let mut bytes = Vec::new();
    let limit = text::MAX_BODY as u64 * 4;
    std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes).map_err(|e| Error::io("standard input", &e))?;
    if bytes.len() as u64 > limit {
        return Err(Error::usage(format!("standard input is longer than {} KiB", text::MAX_BODY >> 10)));
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::usage("standard input is not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(Error::usage("standard input is empty, and nothing was sent"));
    }
    Ok(text)
}
