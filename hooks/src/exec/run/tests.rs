use super::*;
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(60);

fn vars() -> BTreeMap<String, String> {
    BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())])
}

fn go(text: &str, input: Option<&[u8]>, limit: Duration, dir: &Path) -> Ran {
    run(&Program { text, dir, vars: &vars(), input, limit, keep: 4096 })
}

fn text(kept: &Kept) -> String {
    kept.lines().join("\n")
}

/// A named pipe, and a thread that reads it to its end: it ends when the last writer is gone.
fn fifo(dir: &Path) -> (PathBuf, std::thread::JoinHandle<String>) {
    let path = dir.join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let from = path.clone();
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        File::open(from).unwrap().read_to_string(&mut said).unwrap();
        said
    });
    (path, reader)
}

#[test]
fn an_end_is_told_from_every_other_end() {
    let dir = TempDir::new().unwrap();
    let end = |text: &str, limit| go(text, None, limit, dir.path()).end;
    assert_eq!(end("exit 0", LONG), End::Exit(0));
    assert_eq!(end("exit 3", LONG), End::Exit(3));
    assert_eq!(end("no-such-program-anywhere", LONG), End::Exit(127));
    assert_eq!(end("kill -9 $$", LONG), End::Signal(9));
    assert_eq!(end("read -r nothing < /dev/zero; exit 0", Duration::from_millis(50)), End::TimedOut);
    let gone = go("exit 0", None, LONG, &dir.path().join("none")).end;
    assert!(matches!(&gone, End::NoStart(why) if why.contains("is no folder")), "{gone:?}");
}

#[test]
fn input_output_and_directory_are_as_asked_and_stdin_is_empty_otherwise() {
    let dir = TempDir::new().unwrap();
    let ran = go("cat; pwd; echo err >&2; printf '\\377\\n'", Some(b"question\n"), LONG, dir.path());
    let here = dir.path().canonicalize().unwrap();
    assert_eq!(text(&ran.stdout), format!("question\n{}\n\u{fffd}", here.display()));
    assert!(text(&ran.all).contains("err") && !text(&ran.stdout).contains("err"));
    assert_eq!(text(&go("cat", None, LONG, dir.path()).stdout), "");
    // One that never reads what it is given ends all the same.
    let much = vec![b'x'; 1 << 20];
    assert_eq!(go("exit 0", Some(&much), LONG, dir.path()).end, End::Exit(0));
}

#[test]
fn gigabytes_are_no_burden() {
    let dir = TempDir::new().unwrap();
    let ran = go("echo first; head -c 300000000 /dev/zero | tr '\\0' '\\n'; echo last", None, LONG, dir.path());
    assert_eq!(ran.end, End::Exit(0));
    assert!(ran.stdout.dropped() > 299_000_000 && ran.stdout.whole().is_none());
    let lines = ran.stdout.lines();
    assert_eq!((lines[0].as_str(), lines[lines.len() - 1].as_str()), ("first", "last"));
}

#[test]
fn the_end_of_the_time_ends_the_grandchildren_too() {
    let dir = TempDir::new().unwrap();
    let (pipe, reader) = fifo(dir.path());
    // The grandchild holds the fifo and our pipes, and does not listen when it is asked to end.
    let text = format!("(trap '' TERM; exec >'{}'; echo here; while :; do read -r x < /dev/zero; done) & wait", pipe.display());
    let ran = go(&text, None, Duration::from_millis(300), dir.path());
    assert_eq!(ran.end, End::TimedOut);
    assert_eq!(reader.join().unwrap(), "here\n", "the pipe is closed: nobody holds it any more");
}

#[test]
fn what_a_program_leaves_in_its_group_ends_with_it() {
    let dir = TempDir::new().unwrap();
    let (pipe, reader) = fifo(dir.path());
    let ran = go(&format!("(echo here; exec sleep 600) > '{}' & exit 7", pipe.display()), None, LONG, dir.path());
    assert_eq!(ran.end, End::Exit(7));
    reader.join().unwrap();
}

#[test]
fn a_daemon_in_a_group_of_its_own_that_keeps_our_pipe_is_not_waited_for() {
    let dir = TempDir::new().unwrap();
    let up = dir.path().join("up");
    assert!(Command::new("mkfifo").arg(&up).status().unwrap().success());
    let text = format!("setsid sh -c 'echo $$; echo up > \"{0}\"; exec sleep 600' & read -r x < '{0}'", up.display());
    let ran = go(&text, None, LONG, dir.path());
    assert_eq!(ran.end, End::Exit(0));
    let daemon = rustix::process::Pid::from_raw(super::tests::text(&ran.stdout).trim().parse().unwrap()).unwrap();
    assert!(rustix::process::test_kill_process(daemon).is_ok(), "it lives on");
    rustix::process::kill_process(daemon, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn hooks_variables_stay_outside_and_the_gates_come_in() {
    let vars = BTreeMap::from([
        ("GIT_DIR".to_owned(), "/x/.git".to_owned()),
        ("GIT_INDEX_FILE".to_owned(), "/x/.git/index.lock".to_owned()),
        ("GIT_TRACE2_EVENT".to_owned(), "1".to_owned()),
        ("GIT_AUTHOR_NAME".to_owned(), "ann".to_owned()),
        ("GATE_ID".to_owned(), "outer".to_owned()),
    ]);
    let env = Env::new(PathBuf::from("/"), vars);
    let vars = variables(&env, &[("GATE_ID", "mine".to_owned())]);
    let names: Vec<&str> = vars.keys().map(String::as_str).collect();
    assert_eq!(names, ["GATE_ID", "GIT_AUTHOR_NAME"]);
    assert_eq!(vars["GATE_ID"], "mine");
}
