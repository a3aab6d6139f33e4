//! What curl is told, on its standard input: a URL that is a secret stands in no list of processes.

use super::alert::Alert;
use serde_json::{Value, json};
use std::time::Duration;

/// Reads everything from its configuration, and none of the user's.
pub(super) const PROGRAM: &str = "exec curl -q --config -";

/// For Slack, and for what understands its form.
pub(super) fn slack(alert: &Alert, webhook: &str, channel: Option<&str>, limit: Duration) -> String {
    // Slack reads `<…>` as links and mentions; `&` begins an escape.
    let text = alert.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut body = json!({"text": text.trim_end()});
    if let Some(channel) = channel {
        body["channel"] = Value::from(channel);
    }
    post(webhook, &body, limit)
}

/// For a push service.
pub(super) fn mobile(alert: &Alert, webhook: &str, token: Option<&str>, limit: Duration) -> String {
    let mut body = json!({"title": alert.subject, "body": alert.text.trim_end()});
    if let Some(token) = token {
        body["token"] = Value::from(token);
    }
    post(webhook, &body, limit)
}

fn post(url: &str, body: &Value, limit: Duration) -> String {
    let seconds = limit.as_secs().max(1);
    let mut out = format!("silent\nshow-error\nfail\nproto = \"=http,https\"\nmax-time = {seconds}\noutput = \"/dev/null\"\n");
    for (name, value) in [("url", url), ("header", "Content-Type: application/json"), ("data-binary", &body.to_string())] {
        out.push_str(&format!("{name} = \"{}\"\n", escaped(value)));
    }
    out
}

/// A value between quotes in curl's form. JSON and checked URLs have no control characters.
fn escaped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).fold(String::new(), |mut out, c| {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_alert_becomes_another_option() {
        let alert =
            Alert { id: "1".into(), subject: "s".into(), text: "a\"\nurl = \"http://evil\"\n<!channel> & \\ @file\n".into() };
        let text = slack(&alert, "http://x/y", Some("#c"), Duration::from_secs(5));
        assert_eq!(text.lines().filter(|l| l.starts_with("url")).count(), 1, "{text}");
        assert_eq!(text.lines().count(), 9, "{text}");
        assert!(text.contains("&lt;!channel&gt; &amp;") && text.contains("\\\"channel\\\":\\\"#c\\\""), "{text}");
        assert!(mobile(&alert, "http://x", Some("tok"), Duration::ZERO).contains("max-time = 1"));
    }
}
