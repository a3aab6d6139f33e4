//! Where alerts go, as this clone's settings say.

use crate::settings::Local;
use bd::error::Result;
use bd::store::Store;

/// Where one kind of alert goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// E-mail.
    Email {
        /// Where to.
        address: String,
        /// The sender.
        from: String,
        /// How.
        by: Carrier,
    },
    /// A webhook that takes Slack's form.
    Slack {
        /// Its URL.
        webhook: String,
        /// Another channel than its own.
        channel: Option<String>,
    },
    /// A push service.
    Mobile {
        /// Its URL.
        webhook: String,
        /// The phone's token.
        token: Option<String>,
    },
    /// A command of the user's.
    Command(String),
}

/// What takes an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// A relay, `host:port`.
    Smtp(String),
    /// A command.
    Program(String),
    /// `sendmail` or `msmtp`, whichever is there.
    Sendmail,
}

impl Channel {
    /// Its word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Email { .. } => "email",
            Self::Slack { .. } => "slack",
            Self::Mobile { .. } => "mobile",
            Self::Command(_) => "command",
        }
    }

    /// What must never be printed.
    pub fn secrets(&self) -> Vec<&str> {
        match self {
            Self::Slack { webhook, .. } => vec![webhook],
            Self::Mobile { webhook, token } => token.iter().map(String::as_str).chain([webhook.as_str()]).collect(),
            Self::Email { .. } | Self::Command(_) => Vec::new(),
        }
    }
}

/// All that is set.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    /// Those that can be used.
    pub channels: Vec<Channel>,
    /// Everybody's alerts, not only this user's.
    pub all: bool,
    /// What is switched on and lacks something.
    pub missing: Vec<String>,
}

impl Config {
    /// Reads the settings: one small file.
    pub fn load(store: &Store) -> Result<Self> {
        Ok(Self::of(&Local::load(store)?))
    }

    /// The channels' words.
    pub fn names(&self) -> Vec<&'static str> {
        self.channels.iter().map(Channel::name).collect()
    }

    fn of(local: &Local) -> Self {
        let get = |key: &str| local.get(&format!("notifications.{key}")).filter(|v| !v.is_empty());
        let on = |key: &str| local.is_on(&format!("notifications.{key}.enabled"));
        let mut out = Self { all: get("for").as_deref() == Some("all"), ..Self::default() };
        let mut lacks = |what: &str, key: &str| {
            out.missing.push(format!(
                "notifications.{what} is on, and notifications.{what}.{key} is not set: nothing is delivered that way"
            ));
        };
        // A file edited by hand is judged as what `gt config set` writes.
        let address = |key: &str| get(key).filter(|a| crate::settings::is_address(a));
        if on("email") {
            match address("email.address") {
                Some(to) => {
                    let by = match (get("email.smtp"), get("email.program")) {
                        (Some(relay), _) => Carrier::Smtp(relay),
                        (None, Some(program)) => Carrier::Program(program),
                        (None, None) => Carrier::Sendmail,
                    };
                    let from = address("email.from").unwrap_or_else(|| to.clone());
                    out.channels.push(Channel::Email { address: to, from, by });
                }
                None => lacks("email", "address"),
            }
        }
        let url = |key: &str| get(key).filter(|u| u.starts_with("https://") || u.starts_with("http://"));
        if on("slack") {
            match url("slack.webhook") {
                Some(webhook) => out.channels.push(Channel::Slack { webhook, channel: get("slack.channel") }),
                None => lacks("slack", "webhook"),
            }
        }
        if on("mobile") {
            match url("mobile.webhook") {
                Some(webhook) => out.channels.push(Channel::Mobile { webhook, token: get("mobile.device_token") }),
                None => lacks("mobile", "webhook"),
            }
        }
        out.channels.extend(get("command").map(Channel::Command));
        out
    }
}

/// What is switched on and cannot work yet, in sentences.
///
/// # Errors
/// The settings cannot be read.
pub fn missing(store: &Store) -> Result<Vec<String>> {
    Ok(Config::load(store)?.missing)
}
