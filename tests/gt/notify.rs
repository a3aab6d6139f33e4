//! Notifications: a real relay and a real web server get exactly one alert per event, and nothing that is nobody's business.

use bd_tests::{Sandbox, Work};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server that keeps what it was sent, one text a connection.
struct Server {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// On a port of its own, or on the one that was free when `at` was found.
    fn start(at: Option<SocketAddr>, serve: fn(TcpStream, &dyn Fn(String)) -> Option<()>) -> Self {
        let listener = TcpListener::bind(at.unwrap_or((Ipv4Addr::LOCALHOST, 0).into())).expect("a port");
        let address = listener.local_addr().expect("its address");
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let keep = Arc::clone(&taken);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Kept before it is answered: whoever has the answer finds it in the list.
                let _ended_early = serve(stream, &|text| keep.lock().expect("the list").push(text));
            }
        });
        Self { address, taken }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("the list").clone()
    }
}

/// A port on which nobody listens.
fn closed() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port")
}

/// Enough SMTP to take one message.
fn smtp(mut stream: TcpStream, keep: &dyn Fn(String)) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    stream.write_all(b"220 test ready\r\n").ok()?;
    let (mut all, mut data) = (String::new(), false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if data {
            if line == ".\r\n" {
                keep(all);
                return stream.write_all(b"250 taken\r\n").ok();
            }
            all.push_str(line.strip_prefix('.').unwrap_or(&line));
            continue;
        }
        all.push_str(&line);
        let answer: &[u8] = match line.get(..4) {
            Some("EHLO") => b"250-test\r\n250 8BITMIME\r\n",
            Some("DATA") => {
                data = true;
                b"354 go on\r\n"
            }
            _ => b"250 fine\r\n",
        };
        stream.write_all(answer).ok()?;
    }
}

/// Enough HTTP to take one request.
fn http(mut stream: TcpStream, keep: &dyn Fn(String)) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    keep(format!("{head}\n{}", String::from_utf8_lossy(&body)));
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").ok()
}

fn repository(sandbox: &Sandbox) -> Work {
    // `cargo test` needs Rust and git alone: this machine may have no curl.
    #[cfg(unix)]
    std::os::unix::fs::symlink(bd_tests::binary_of("curl-stand-in"), sandbox.bin().join("curl")).expect("a link");
    let ann = sandbox.repo("ann");
    ann.bd(&["init"]).ok();
    let config = ann.read(".beads/config.toml");
    ann.write(".beads/config.toml", format!("{config}\n[users]\nknown = [\"ann\", \"bob\"]\n"));
    ann.commit_all("Beads");
    ann
}

fn set(work: &Work, key: &str, value: &str) {
    work.gt(&["config", "set", &format!("notifications.{key}"), value]).ok();
}

fn email(work: &Work, relay: SocketAddr) {
    set(work, "email.address", "ann@example.org");
    set(work, "email.smtp", &relay.to_string());
    set(work, "email.enabled", "true");
}

const PATH: &str = "/services/T000/B000/the-secret-part";

fn slack(work: &Work, web: SocketAddr) {
    set(work, "slack.webhook", &format!("http://{web}{PATH}"));
    set(work, "slack.channel", "#builds");
    set(work, "slack.enabled", "true");
}

// goal: W13 tier1
#[test]
fn every_event_makes_one_alert_on_every_channel_and_the_content_stays_in_the_mail() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox);
    ann.gt(&["mail", "send", "@ann", "-s", "Old news", "--type", "alert"]).ok();
    let (relay, web) = (Server::start(None, smtp), Server::start(None, http));
    email(&ann, relay.address);
    slack(&ann, web.address);
    let log = sandbox.path("log");
    set(&ann, "command", &format!("cat >> '{}'", log.display()));
    let bead = ann.create("A bead", &[]);
    let bob = ann.acting_as("bob");
    bob.gt(&[
        "mail",
        "send",
        "@ann",
        "-s",
        "Day 3 blocked ü",
        "-m",
        "The body is nobody's business",
        "--type",
        "alert",
        "--about",
        &bead,
    ])
    .ok();
    for work in [&ann, &bob] {
        work.gt(&["mail", "inbox"]).ok();
        work.gt(&["mail", "inbox", "--unread"]).ok();
    }
    let (letters, posts) = (relay.taken(), web.taken());
    assert_eq!((letters.len(), posts.len()), (1, 1), "{letters:?} {posts:?}");
    assert!(letters[0].contains("RCPT TO:<ann@example.org>") && letters[0].contains("Subject: =?utf-8?B?"), "{}", letters[0]);
    assert!(letters[0].contains("View: gastown mail read") && letters[0].contains(&bead), "{}", letters[0]);
    let json: serde_json::Value = serde_json::from_str(posts[0].lines().last().expect("a body")).expect("JSON");
    assert_eq!(json["channel"], "#builds");
    assert!(json["text"].as_str().is_some_and(|t| t.contains("Day 3 blocked ü")), "{json}");
    assert!(posts[0].starts_with(&format!("POST {PATH} ")));
    let command = std::fs::read_to_string(&log).expect("what the command got");
    assert_eq!(command.matches("Day 3 blocked").count(), 1, "{command}");
    for all in [&letters[0], &posts[0], &command] {
        assert!(!all.contains("nobody's business") && !all.contains("Old news"), "{all}");
    }
    // A second one is one more, and a plain message of ann's to bob is none of hers.
    bob.gt(&["mail", "send", "@ann", "-s", "Second"]).ok();
    ann.gt(&["mail", "send", "@bob", "-s", "Between us"]).ok();
    ann.gt(&["mail", "inbox"]).ok();
    assert_eq!((relay.taken().len(), web.taken().len()), (2, 2));
}

// goal: W13 tier1
#[test]
fn after_an_outage_the_next_command_delivers_and_no_command_fails() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox);
    let (mail_port, web_port) = (closed(), closed());
    email(&ann, mail_port);
    slack(&ann, web_port);
    let sent = ann.acting_as("bob").gt(&["mail", "send", "@ann", "-s", "Help", "--type", "alert"]);
    sent.ok();
    assert_eq!(sent.stderr().matches("was not delivered").count(), 2, "{}", sent.stderr());
    assert!(!sent.stderr().contains("the-secret-part"), "{}", sent.stderr());
    let again = ann.gt(&["mail", "inbox"]);
    again.ok();
    assert!(!again.stderr().contains("was not delivered"), "it is said once: {}", again.stderr());
    let relay = Server::start(Some(mail_port), smtp);
    ann.gt(&["mail", "inbox"]).ok();
    assert_eq!(relay.taken().len(), 1, "one channel is back");
    let web = Server::start(Some(web_port), http);
    ann.gt(&["mail", "inbox"]).ok();
    ann.gt(&["mail", "inbox"]).ok();
    assert_eq!((relay.taken().len(), web.taken().len()), (1, 1), "each has it once");
}

#[test]
fn two_commands_at_once_deliver_once() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox);
    let port = closed();
    email(&ann, port);
    ann.acting_as("bob").gt(&["mail", "send", "@ann", "-s", "Once", "--type", "alert"]).ok();
    let relay = Server::start(Some(port), smtp);
    let running: Vec<_> = (0..6).map(|_| ann.gt_cmd(&["mail", "inbox"]).spawn()).collect();
    for one in running {
        one.wait().ok();
    }
    ann.gt(&["mail", "inbox"]).ok();
    assert_eq!(relay.taken().len(), 1);
}

#[test]
fn a_secret_in_a_subject_goes_nowhere_and_a_hanging_command_is_ended() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox);
    let log = sandbox.path("log");
    set(&ann, "command", &format!("cat >> '{}'", log.display()));
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    // Another program may write what ours refuses.
    let env = std::collections::BTreeMap::from([
        ("PATH".to_owned(), bd_tests::setting("PATH").unwrap_or_default()),
        ("HOME".to_owned(), sandbox.path("home").display().to_string()),
        ("BD_ACTOR".to_owned(), "eve".to_owned()),
        ("BD_NOW".to_owned(), "2026-03-01T09:00:30Z".to_owned()),
    ]);
    let store = bd::store::Store::open(Arc::new(bd::env::Env::new(ann.dir().to_owned(), env))).expect("the store");
    store
        .write(|tx| {
            let bead = bd::model::BeadId::new("_mail")?;
            let mut event = tx.event(&bead, bd::model::Kind::new("mail"))?;
            for (key, value) in [("subject", token.as_str()), ("type", "alert")] {
                event.extra.set(key, bd::model::Value::text(value));
            }
            event.extra.set("for", bd::model::Value::of(&["ann"]));
            event.text = Some(format!("the token is {token}"));
            tx.push_mail(event);
            Ok(())
        })
        .expect("the mail");
    ann.gt(&["mail", "check"]).ok();
    let got = std::fs::read_to_string(&log).expect("what the command got");
    assert!(got.contains("not repeated here") && !got.contains("ghp_"), "{got}");
    set(&ann, "command", "exec cat < /dev/zero > /dev/null");
    let began = std::time::Instant::now();
    let out = ann.acting_as("bob").gt(&["mail", "send", "@ann", "-s", "x", "--type", "alert"]);
    out.ok();
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    assert!(out.stderr().contains("longer than"), "{}", out.stderr());
}

#[test]
fn where_alerts_go_is_known_in_this_clone_only() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox);
    slack(&ann, closed());
    assert_eq!(ann.git(&["status", "--porcelain"]).stdout(), "", "nothing of it is in the tree");
    let file = ann.path(".git/beads/gt/config.toml");
    assert!(std::fs::read_to_string(&file).expect("the file").contains("the-secret-part"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    }
    assert!(!ann.gt(&["config", "list"]).ok().contains("the-secret-part"));
    assert!(ann.gt(&["config", "get", "notifications.slack.webhook"]).ok().contains("the-secret-part"));
    let from_stdin = ann.gt_cmd(&["config", "set", "notifications.mobile.webhook", "-"]).stdin("https://push.example/x\n").run();
    assert_eq!(from_stdin.line(), "notifications.mobile.webhook = (set)");
    let lacks = ann.gt(&["config", "set", "notifications.email.enabled", "true"]);
    assert!(lacks.ok().contains("true") && lacks.stderr().contains("notifications.email.address is not set"), "{}", lacks.stderr());
    // The project's go into the tracked file, comments kept.
    ann.write(".beads/config.toml", "version = 1 # the format\n\n[teams] # who is who\na = [\"x\"]\n");
    ann.commit_all("Teams");
    let out = ann.gt(&["config", "set", "teams.gateway", "ann,bob"]);
    assert!(out.ok().contains("ann,bob") && out.stderr().contains("Commit"), "{}", out.stderr());
    ann.gt(&["config", "set", "approval.self", "yes"]).ok();
    let text = ann.read(".beads/config.toml");
    assert_eq!(
        text,
        "version = 1 # the format\n\n[teams] # who is who\na = [\"x\"]\ngateway = [\"ann\", \"bob\"]\n\n[approval]\nself = true\n"
    );
    ann.commit_all("More");
    assert_eq!(ann.gt(&["config", "get", "teams.gateway"]).line(), "ann,bob");
    ann.gt(&["config", "unset", "teams.gateway"]).ok();
    ann.gt(&["config", "get", "teams.nobody"]).fails(1);
    for wrong in [
        vec!["get", "nothing"],
        vec!["set", "notifications.slack.webhook", "ftp://x"],
        vec!["set", "notifications.email.address", "a@b>\nRCPT"],
        vec!["set", "teams.a.b", "x"],
        vec!["set", "teams", "x"],
        vec!["set", "workday.from", "late"],
        vec!["set", "notifications.for", "some"],
        vec!["unset", "notifications"],
        vec!["set", "users.overseer", ""],
    ] {
        let args: Vec<&str> = std::iter::once("config").chain(wrong.iter().copied()).collect();
        assert_eq!(ann.gt(&args).code(), 2, "{wrong:?}");
    }
    ann.gt(&["config", "set", "users.overseer", "sk_live_a1B2c3D4e5F6g7H8"]).fails(4);
}
