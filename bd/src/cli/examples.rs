//! One example of each command, and the exit codes it has beside those of all: for `bd help`, for the generated
//! reference, and for a test that runs every one of them, in this order, in a repository with the beads app-1 to app-9.

/// A command's example and exit codes.
#[derive(Debug)]
pub struct Example {
    /// The command: `list`, `dep add`.
    pub path: &'static str,
    /// A whole line that can be typed.
    pub line: &'static str,
    /// Exit codes that not every command has (docs/reference/exit-codes.md).
    pub codes: &'static [u8],
}

/// What every command can end with.
pub const COMMON: &[u8] = &[0, 2, 9, 70, 130];
/// What a command that changes something can end with besides: a lock is held.
const WRITES: &[u8] = &[7];
/// The same, where the text of a bead is written: it may look like a secret.
const TEXTS: &[u8] = &[4, 7];

const fn e(path: &'static str, line: &'static str, codes: &'static [u8]) -> Example {
    Example { path, line, codes }
}

/// Every command.
pub static EXAMPLES: &[Example] = &[
    // Work
    e("ready", "bd ready --type bug --limit 5", &[1, 6, 7, 8]),
    e("claim", "bd claim app-1", &[3, 6, 7, 8]),
    e("close", "bd close app-1 --reason \"parses what the tests ask for\" --suggest-next", &[3, 4, 6, 7]),
    e("release", "bd release app-2", &[6, 7]),
    e("create", "bd create \"Reload without a restart\" -t feature -p 1 --deps blocks:app-2", TEXTS),
    e("q", "bd q \"Look at the log again\" -p 3", TEXTS),
    // Change beads
    e("update", "bd update app-2 --priority 0 --add-label urgent", &[4, 6, 7]),
    e("comment", "bd comment app-2 \"seen on Linux too\"", TEXTS),
    e("note", "bd note app-2 \"the parser is in src/parse.rs\"", TEXTS),
    e("dep", "bd dep add app-3 app-2", &[3, 7]),
    e("dep add", "bd dep add app-4 app-2 --type blocks", WRITES),
    e("dep remove", "bd dep remove app-4 app-2", WRITES),
    e("dep list", "bd dep list app-3", &[]),
    e("dep tree", "bd dep tree app-3", &[]),
    e("dep cycles", "bd dep cycles", &[]),
    e("dep relate", "bd dep relate app-5 app-6", WRITES),
    e("dep unrelate", "bd dep unrelate app-5 app-6", WRITES),
    e("label", "bd label add app-3 area:db", WRITES),
    e("label add", "bd label add app-3 area:cli", WRITES),
    e("label remove", "bd label remove app-3 area:cli", WRITES),
    e("label list", "bd label list app-3", &[]),
    e("label list-all", "bd label list-all", &[]),
    e("reopen", "bd reopen app-1 --reason \"fails on an empty file\"", TEXTS),
    e("delete", "bd delete app-9 --force", WRITES),
    e("restore", "bd restore app-9", WRITES),
    e("undo", "bd undo app-9", &[6, 7]),
    e("batch", "bd batch plan.txt", &[3, 4, 6, 7]),
    // Look
    e("show", "bd show app-2", &[]),
    e("list", "bd list --status open --label area:db --sort priority", &[1]),
    e("search", "bd search log again", &[1]),
    e("query", "bd query \"status=open AND (priority<=1 OR label=urgent)\"", &[1]),
    e("count", "bd count --by-status", &[]),
    e("blocked", "bd blocked", &[]),
    e("children", "bd children app-2", &[]),
    e("comments", "bd comments app-2", TEXTS),
    e("history", "bd history app-2", &[]),
    e("conflicts", "bd conflicts", WRITES),
    e("conflicts list", "bd conflicts list", &[]),
    e("conflicts resolve", "bd conflicts resolve app-2 title --value \"Read the file once\"", WRITES),
    e("diff", "bd diff main...HEAD --format markdown", &[1]),
    e("status", "bd status", &[1]),
    e("stats", "bd stats", &[]),
    e("remember", "bd remember \"the tests need a clock\" --key tests.clock", TEXTS),
    e("memories", "bd memories", &[]),
    e("recall", "bd recall tests.clock", &[]),
    e("forget", "bd forget tests.clock", WRITES),
    e("prime", "bd prime", &[]),
    e("setup", "bd setup agents --check", &[1]),
    // Share
    e("sync", "bd sync --dry-run", &[6, 7, 8]),
    e("ride", "bd ride --dry-run", &[7]),
    e("import", "bd import issues.jsonl --dry-run", &[4, 6, 7]),
    e("export", "bd export --output issues.jsonl", &[]),
    // The store
    e("init", "bd init --prefix app", &[7, 8]),
    e("config", "bd config list", &[1]),
    e("config get", "bd config get prefix", &[1]),
    e("config set", "bd config set claim.lease 8h", &[]),
    e("config unset", "bd config unset claim.lease", &[]),
    e("config list", "bd config list", &[]),
    e("config validate", "bd config validate", &[]),
    e("doctor", "bd doctor", &[7]),
    e("verify", "bd verify", &[1]),
    e("pack", "bd pack --dry-run", WRITES),
    e("trust", "bd trust --check", &[1]),
    e("redact", "bd redact app-2 --field description --dry-run", &[7, 8]),
    e("schema", "bd schema dep add", &[]),
    e("completions", "bd completions bash", &[]),
    // More
    e("epic", "bd epic status", WRITES),
    e("epic status", "bd epic status", &[]),
    e("epic close-eligible", "bd epic close-eligible --dry-run", WRITES),
    e("version", "bd version", &[]),
    e("defer", "bd defer app-5 --until \"next monday\"", WRITES),
    e("undefer", "bd undefer app-5", WRITES),
    e("gate", "bd gate list", &[4, 7]),
    e("gate create", "bd gate create --blocks app-6 --type timer --timeout 2h", TEXTS),
    e("gate list", "bd gate list --all", &[]),
    e("gate show", "bd gate show app-gate", &[]),
    e("gate resolve", "bd gate resolve app-gate --reason \"the release is out\"", WRITES),
    e("gate check", "bd gate check --dry-run", &[4, 7]),
    e("gate add-waiter", "bd gate add-waiter app-gate bob", WRITES),
    e("stale", "bd stale --days 30", &[]),
    e("lint", "bd lint --type bug", &[1]),
    e("duplicates", "bd duplicates", WRITES),
    e("duplicate", "bd duplicate app-7 --of app-6", WRITES),
    e("supersede", "bd supersede app-8 --with app-6", WRITES),
    e("types", "bd types", &[]),
    e("statuses", "bd statuses", &[]),
    e("info", "bd info", &[]),
    e("where", "bd where", &[]),
    e("quickstart", "bd quickstart", &[]),
    e("validate", "bd validate", WRITES),
    e("repair-deps", "bd repair-deps", WRITES),
    e("detect-pollution", "bd detect-pollution", WRITES),
    e("migrate", "bd migrate", &[]),
    e("daemon", "bd daemon status", &[]),
];

/// The example of a command.
pub fn of(path: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|e| e.path == path)
}
