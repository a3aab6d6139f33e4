//! One alert over one channel.

use super::alert::Alert;
use super::config::{Carrier, Channel};
use super::{curl, email, smtp};
use crate::mail::text::{cut, one_line};
use bd::store::Store;
use bd_gate::exec::{End, Program, run, variables};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Delivers an alert. `Err` says why not, in one line without anything that must not be printed.
pub(super) fn deliver(store: &Store, to: &Channel, alert: &Alert, limit: Duration) -> Result<(), String> {
    let done = match to {
        Channel::Email { address, from, by } => {
            let letter = email::letter(alert, address, from, store.now());
            match by {
                Carrier::Smtp(relay) => by_smtp(relay.clone(), from.clone(), address.clone(), letter, limit),
                Carrier::Program(program) => program_with(store, program, &[("GT_ADDRESS", address.clone())], &letter, limit),
                Carrier::Sendmail => match email::sendmail(store.env()) {
                    Some(program) => program_with(store, program, &[("GT_ADDRESS", address.clone())], &letter, limit),
                    None => Err("neither sendmail nor msmtp is on the PATH; notifications.email.smtp names a relay".to_owned()),
                },
            }
        }
        Channel::Slack { webhook, channel } => {
            program_with(store, curl::PROGRAM, &[], &curl::slack(alert, webhook, channel.as_deref(), limit), limit)
        }
        Channel::Mobile { webhook, token } => {
            program_with(store, curl::PROGRAM, &[], &curl::mobile(alert, webhook, token.as_deref(), limit), limit)
        }
        Channel::Command(command) => program_with(store, command, &[("GT_MAIL_ID", alert.id.clone())], &alert.text, limit),
    };
    done.map_err(|why| {
        let why = to.secrets().iter().fold(why, |why, secret| why.replace(secret, "(the URL or token)"));
        // The host of a webhook may stand in what curl says, its path may not.
        cut(&one_line(&crate::mail::text::without_secrets(&why).0), 300)
    })
}

/// Name resolution has no time limit of its own, so the whole of it is waited for from outside.
fn by_smtp(relay: String, from: String, to: String, letter: String, limit: Duration) -> Result<(), String> {
    let (say, told) = channel();
    let work = move || {
        // Nobody may listen any more.
        let _ = say.send(smtp::send(&relay, &from, &to, &letter, limit));
    };
    std::thread::Builder::new().spawn(work).map_err(|e| e.to_string())?;
    told.recv_timeout(limit).unwrap_or_else(|_| Err("the relay did not answer in time".to_owned()))
}

fn program_with(store: &Store, text: &str, more: &[(&str, String)], input: &str, limit: Duration) -> Result<(), String> {
    let vars = variables(store.env(), more);
    let paths = store.git().paths();
    let dir = paths.work_dir.as_deref().unwrap_or(&paths.common_dir);
    let ran = run(&Program { text, dir, vars: &vars, input: Some(input.as_bytes()), limit, keep: 4096 });
    let said = || ran.all.lines().into_iter().rev().find(|l| !l.trim().is_empty()).map(|l| format!(": {l}")).unwrap_or_default();
    match &ran.end {
        End::Exit(0) => Ok(()),
        End::Exit(code) => Err(format!("it ended with code {code}{}", said())),
        End::Signal(signal) => Err(format!("it was ended by signal {signal}")),
        End::TimedOut => Err(format!("it took longer than {} s", limit.as_secs().max(1))),
        End::NoStart(why) => Err(why.clone()),
    }
}
