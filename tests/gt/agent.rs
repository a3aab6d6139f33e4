//! A stand-in for an agent: it sees `gt prime` and what commands print, and nothing else. It finishes a molecule of the formula
//! that ships; the person who approves is not the agent. The transcript is this test.

use crate::kit::repository;
use bd_tests::{Output, Sandbox, Work};

const M: &str = "day3-refs";

struct Agent {
    work: Work,
    transcript: Vec<String>,
    last: String,
}

impl Agent {
    fn types(&mut self, line: &str) -> Output {
        self.transcript.push(line.to_owned());
        let words = shell_words(line);
        let args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let out = match words[0].as_str() {
            "gt" => self.work.gt(&args),
            "bd" => self.work.bd(&args),
            other => panic!("the agent was told to run `{other}`"),
        };
        self.last = format!("{}{}", out.stdout(), out.stderr());
        out
    }

    /// The command that the last output names: the first one that is no question to a person.
    fn told(&self) -> Option<String> {
        let line = |l: &str| {
            let l = l.trim();
            let l = l.strip_prefix("$ ").or_else(|| l.strip_prefix("Next: "))?;
            Some(l.split("   #").next().unwrap_or(l).trim().to_owned())
        };
        self.last.lines().filter_map(line).find(|l| !l.starts_with("gt checkpoint show"))
    }

    /// What the output asks for, done in the working tree.
    fn works(&mut self) {
        let said = self.last.clone();
        if said.contains("test_fails_as_expected") {
            self.work.write("tests/new.t", "test -f src/new.sh\n");
        }
        if said.contains("tests_pass") {
            self.work.write("src/new.sh", "echo new\n");
        }
        if said.contains("test_pass_rate") {
            self.work.commit_all("What the plan says");
        }
        if let Some(path) = said.lines().find_map(|l| l.split("to be judged: ").nth(1)) {
            let text = self.work.read(path.trim());
            let filled: Vec<String> = text
                .lines()
                .map(|l| match l {
                    l if l.starts_with("<!-- JUDGE:") => format!("{l}\nRead, and it holds."),
                    l if l.starts_with("recommendation = ") => "recommendation = \"APPROVE - it does what was asked\"".to_owned(),
                    l if l.starts_with("confidence = ") => "confidence = 90".to_owned(),
                    l => l.to_owned(),
                })
                .collect();
            self.work.write(path.trim(), filled.join("\n") + "\n");
        }
    }
}

/// Words as a shell splits them; only double quotes are used here.
fn shell_words(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => out.push(String::new()),
            c => out.last_mut().expect("a word").push(c),
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

// goal: W16 tier1
#[test]
fn an_agent_that_sees_only_prime_and_outputs_finishes_a_molecule() {
    let sandbox = Sandbox::new();
    let lead = repository(&sandbox, "lone").acting_as("lea");
    lead.gt(&[
        "formula",
        "pour",
        "integration-test-full-validation",
        "--name",
        M,
        "--owner",
        "@lea",
        "--var",
        "unit_test_command=sh run-tests.sh",
        "--var",
        "integration_test_command=",
    ])
    .ok();
    lead.gt(&["molecule", "trust", M]).ok();
    let mut agent = Agent { work: lead.acting_as("wes"), transcript: Vec::new(), last: String::new() };
    agent.types("gt prime").ok();
    assert!(agent.last.len() <= 2048, "{}", agent.last.len());
    for _ in 0..60 {
        let status = lead.gt(&["molecule", "status", M, "--json"]).json();
        if status["state"] == "completed" {
            break;
        }
        match agent.told() {
            Some(command) => {
                let command = command.replace("--summary FILE", "--note \"done as planned\"").replace("TEXT", "\"as asked\"");
                let hands_in = command.contains(" advance ");
                let takes = !hands_in && !command.contains("--claim") && !command.contains(" attest ");
                // Whoever only reads has not read what the step asks before it is taken.
                let command = if takes { format!("gt molecule next {M} --claim") } else { command };
                let out = agent.types(&command);
                assert!(out.succeeded(), "{command}: {}\n{:#?}", out.stderr(), agent.transcript);
                if command.contains("--claim") {
                    agent.works();
                }
                if hands_in && agent.told().is_some() {
                    // A new step: look at it before it is handed in.
                    agent.types(&format!("gt molecule next {M} --claim")).ok();
                    agent.works();
                }
            }
            None => {
                // A person decides, then the agent wakes up.
                let open = lead.gt(&["checkpoint", "list", "--json"]).json();
                let step = open[0]["step"].as_str().unwrap_or_else(|| panic!("nothing to decide: {}", agent.last)).to_owned();
                lead.gt(&["checkpoint", "approve", M, &step]).ok();
                agent.types("gt prime").ok();
            }
        }
    }
    let status = lead.gt(&["molecule", "status", M, "--json"]).json();
    assert_eq!(status["state"], "completed", "{:#?}\n{}", agent.transcript, agent.last);
    assert!(agent.transcript.len() <= 40, "{} commands: {:#?}", agent.transcript.len(), agent.transcript);
    assert!(!agent.transcript.iter().any(|c| c.contains("approve")), "the agent approved its own work");
    let claims = agent.transcript.iter().filter(|c| c.contains("--claim")).count();
    let hand_ins = agent.transcript.iter().filter(|c| c.contains(" advance ")).count();
    assert_eq!((claims, hand_ins), (9, 9), "{:#?}", agent.transcript);
}
