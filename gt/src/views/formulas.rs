//! The list of formulas: what the files in their folders come to, read again only where a folder or a file is not what it was.

use super::file;
use super::files::Stamp;
use super::text::take_opt;
use crate::formula::{Entry, Kind, Library, Tier};
use bd::store::hash64;
use bd::store::wire::{Broken, Read, Take, put_opt_str, put_str, put_var};
use std::path::Path;

const FILE: &str = "gt-formulas";
const TIERS: [Tier; 4] = [Tier::File, Tier::Project, Tier::User, Tier::BuiltIn];

/// All formulas of a library by name, as [`Library::list`]. `folder` is that of the cache, where there is one.
pub fn list(library: &Library, folder: Option<&Path>) -> Vec<Entry> {
    let Some(folder) = folder.filter(|f| f.is_dir()) else { return library.list() };
    let Some(key) = key(library) else { return library.list() };
    if let Some(all) = file::read(folder, FILE).and_then(|bytes| parse(bytes.get(file::HEAD..)?, &key)) {
        return all;
    }
    let all = library.list();
    // What changed while it was read is of no key.
    if self::key(library).as_ref() == Some(&key) {
        let mut out = file::begin();
        put_var(&mut out, key.len() as u64);
        out.extend_from_slice(&key);
        put(&mut out, &all);
        file::write(folder, FILE, out);
    }
    all
}

/// Everything that decides over the list; `None` where something of it was changed just now.
fn key(library: &Library) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for name in Library::built_in_names() {
        put_str(&mut out, name);
        out.extend_from_slice(&hash64(1, Library::built_in(name).unwrap_or_default().as_bytes()).to_le_bytes());
    }
    for (tier, folder, shown) in library.folders() {
        out.push(TIERS.iter().position(|t| *t == tier).unwrap_or_default() as u8);
        put_str(&mut out, folder.to_str()?);
        put_str(&mut out, shown);
        let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
        files.retain(|path| path.file_name().and_then(|f| f.to_str()).is_some_and(|f| Library::name_of(f).is_some()));
        files.sort();
        put_var(&mut out, files.len() as u64);
        for path in files {
            put_str(&mut out, path.to_str()?);
            Stamp::of(&path)?.put(&mut out);
        }
    }
    Some(out)
}

fn put(out: &mut Vec<u8>, all: &[Entry]) {
    put_var(out, all.len() as u64);
    for entry in all {
        out.push(TIERS.iter().position(|t| *t == entry.tier).unwrap_or_default() as u8);
        for text in [&entry.name, &entry.path, &entry.description] {
            put_str(out, text);
        }
        put_opt_str(out, entry.kind.map(Kind::as_str));
        put_var(out, entry.steps.map_or(0, |n| n as u64 + 1));
        put_opt_str(out, entry.problem.as_deref());
    }
}

fn parse(bytes: &[u8], key: &[u8]) -> Option<Vec<Entry>> {
    let mut take = Take::new(bytes);
    if take.bytes().ok()? != key {
        return None;
    }
    let one = |t: &mut Take<'_>| -> Read<Entry> {
        let tier = *TIERS.get(usize::from(t.u8()?)).ok_or(Broken)?;
        Ok(Entry {
            tier,
            name: t.str()?.to_owned(),
            path: t.str()?.to_owned(),
            description: t.str()?.to_owned(),
            kind: t.opt_str()?.map(|word| Kind::parse(word).ok_or(Broken)).transpose()?,
            steps: t.var()?.checked_sub(1).map(|n| n as usize),
            problem: take_opt(t)?,
        })
    };
    (0..take.count(6).ok()?).map(|_| one(&mut take).ok()).collect()
}
