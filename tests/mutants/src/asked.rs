
/// The mutant that is on.
pub(crate) fn mutant(of: &[usize]) -> usize {
    use std::io::Write as _;
    static ON: std::sync::OnceLock<(usize, Option<std::path::PathBuf>)> = std::sync::OnceLock::new();
    static SEEN: std::sync::Mutex<std::collections::BTreeSet<usize>> = std::sync::Mutex::new(std::collections::BTreeSet::new());
    let (on, log) = ON.get_or_init(|| {
        let on = std::env::var("MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
        (on, std::env::var_os("MUTANT_LOG").map(Into::into))
    });
    if let (Some(file), Ok(mut seen)) = (log, SEEN.lock()) {
        for n in of {
            if seen.insert(*n) && let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(file) {
                let _ = file.write_all(format!("{n}\n").as_bytes());
            }
        }
    }
    *on
}
