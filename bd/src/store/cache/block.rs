//! Files in checked blocks: every 4 KiB carry their own checksum, so that a reader of a few rows checks what it reads
//! and nothing else. Read by position; no memory map.

use super::hash::hash64;
use super::wire::{Broken, Read};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;

/// Bytes on the disk.
pub const BLOCK: usize = 4096;
/// Of which content.
pub const PAYLOAD: usize = BLOCK - 8;
/// How many blocks are kept: 4 MiB, so that memory stays bounded at any size of the store.
const KEPT: usize = 1024;

/// Reads bytes at a place in a file without moving a cursor.
pub fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, into, at)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Read as _, Seek, SeekFrom};
        let mut file = file;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(into)
    }
}

/// Writes bytes at a place in a file.
pub fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Seek, SeekFrom};
        let mut file = file;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }
}

fn check(salt: u64, number: u64, payload: &[u8]) -> u64 {
    hash64(salt ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d), payload)
}

/// A file of blocks, read.
pub struct Blocks {
    file: File,
    salt: u64,
    kept: RefCell<HashMap<u64, Rc<[u8]>>>,
}

impl Blocks {
    /// Nothing is read yet. `salt` is what the writer was given: blocks of another file do not pass for ours.
    pub fn new(file: File, salt: u64) -> Self {
        Self { file, salt, kept: RefCell::new(HashMap::new()) }
    }

    fn block(&self, number: u64) -> Read<Rc<[u8]>> {
        if let Some(block) = self.kept.borrow().get(&number) {
            return Ok(block.clone());
        }
        let mut bytes = [0; BLOCK];
        read_at(&self.file, &mut bytes, number * BLOCK as u64)?;
        let block: Rc<[u8]> = Rc::from(self.checked(number, &bytes)?);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(number, block.clone());
        Ok(block)
    }

    /// The content of a block's bytes, if they are what was written there.
    pub fn checked<'a>(&self, number: u64, bytes: &'a [u8]) -> Read<&'a [u8]> {
        let (payload, sum) = bytes.split_at_checked(PAYLOAD).ok_or(Broken)?;
        let sum = sum.first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
        if sum == Some(check(self.salt, number, payload)) { Ok(payload) } else { Err(Broken) }
    }

    /// `len` bytes of content from `at` on (counted without the checksums).
    pub fn read(&self, at: u64, len: usize) -> Read<Vec<u8>> {
        let mut out = Vec::with_capacity(len.min(1 << 20));
        self.each(at, len, |part| {
            out.extend_from_slice(part);
            Ok(())
        })?;
        Ok(out)
    }

    /// Hands `len` bytes from `at` on to `f`, in parts. Up to a block is kept for later; longer stretches are streamed.
    pub fn each(&self, at: u64, len: usize, mut f: impl FnMut(&[u8]) -> Read<()>) -> Read<()> {
        let end = at.checked_add(len as u64).ok_or(Broken)?;
        let (first, last) = (at / PAYLOAD as u64, end.div_ceil(PAYLOAD as u64));
        let part = |number: u64, payload: &[u8], f: &mut dyn FnMut(&[u8]) -> Read<()>| {
            let base = number * PAYLOAD as u64;
            let from = at.saturating_sub(base) as usize;
            let to = (end - base).min(PAYLOAD as u64) as usize;
            f(payload.get(from..to).ok_or(Broken)?)
        };
        if last.saturating_sub(first) <= 4 {
            return (first..last).try_for_each(|number| part(number, &self.block(number)?, &mut f));
        }
        let mut buffer = vec![0; BLOCK * ((last - first).min(16) as usize)];
        let mut number = first;
        while number < last {
            let blocks = (last - number).min(16) as usize;
            let bytes = &mut buffer[..blocks * BLOCK];
            read_at(&self.file, bytes, number * BLOCK as u64)?;
            for bytes in bytes.chunks_exact(BLOCK) {
                part(number, self.checked(number, bytes)?, &mut f)?;
                number += 1;
            }
        }
        Ok(())
    }
}

/// Writes content as blocks, in order; the first block is left for last.
pub struct BlockWriter<W> {
    to: W,
    salt: u64,
    number: u64,
    payload: Vec<u8>,
}

impl<W: Write> BlockWriter<W> {
    /// Begins behind the first block.
    pub fn new(mut to: W, salt: u64) -> io::Result<Self> {
        to.write_all(&[0; BLOCK])?;
        Ok(Self { to, salt, number: 1, payload: Vec::with_capacity(PAYLOAD) })
    }

    /// Where the next byte will be.
    pub fn at(&self) -> u64 {
        self.number * PAYLOAD as u64 + self.payload.len() as u64
    }

    /// Appends.
    pub fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (head, tail) = bytes.split_at(bytes.len().min(PAYLOAD - self.payload.len()));
            self.payload.extend_from_slice(head);
            bytes = tail;
            if self.payload.len() == PAYLOAD {
                self.flush_block()?;
            }
        }
        Ok(())
    }

    /// Fills the block up, so that what comes next begins in a fresh one.
    pub fn align(&mut self) -> io::Result<()> {
        if self.payload.is_empty() { Ok(()) } else { self.flush_block() }
    }

    /// Hands on what is full.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn flush_block(&mut self) -> io::Result<()> {
        self.payload.resize(PAYLOAD, 0);
        let sum = check(self.salt, self.number, &self.payload);
        self.to.write_all(&self.payload)?;
        self.to.write_all(&sum.to_le_bytes())?;
        self.payload.clear();
        self.number += 1;
        Ok(())
    }

    /// Ends the last block and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.align()?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// The first block, which says what the rest is.
pub fn first_block(salt: u64, head: &[u8]) -> Option<Vec<u8>> {
    if head.len() > PAYLOAD {
        return None;
    }
    let mut out = head.to_vec();
    out.resize(PAYLOAD, 0);
    let sum = check(salt, 0, &out);
    out.extend_from_slice(&sum.to_le_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(len: usize) -> (tempfile::TempDir, Vec<u8>, Blocks) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let content: Vec<u8> = (0..len).map(|i| (i * 7 + i / 251) as u8).collect();
        let mut writer = BlockWriter::new(File::create(&path).unwrap(), 5).unwrap();
        let start = writer.at();
        writer.put(&content[..len / 3]).unwrap();
        writer.put(&content[len / 3..]).unwrap();
        assert_eq!(writer.at(), start + len as u64);
        let file = writer.finish().unwrap();
        write_at(&file, &first_block(5, b"head").unwrap(), 0).unwrap();
        (dir, content, Blocks::new(File::open(&path).unwrap(), 5))
    }

    #[test]
    fn any_stretch_comes_back() {
        let (_dir, content, blocks) = sample(200_000);
        let base = PAYLOAD as u64;
        for (at, len) in [(0, 10), (4000, 200), (4087, 2), (0, 200_000), (12_345, 100_000), (199_999, 1), (5, 0)] {
            assert_eq!(blocks.read(base + at as u64, len).unwrap(), content[at..at + len], "{at} {len}");
        }
        assert_eq!(&blocks.read(0, 4).unwrap(), b"head");
        assert_eq!(blocks.read(base + 250_000, 1), Err(Broken), "behind the end");
    }

    #[test]
    fn damage_is_seen_where_it_is_and_only_there() {
        let (dir, content, _) = sample(50_000);
        let path = dir.path().join("f");
        let good = std::fs::read(&path).unwrap();
        let open = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Blocks::new(File::open(&path).unwrap(), 5)
        };
        let mut bad = good.clone();
        bad[2 * BLOCK + 17] ^= 4;
        let blocks = open(&bad);
        assert_eq!(blocks.read(2 * PAYLOAD as u64, 3), Err(Broken));
        assert_eq!(blocks.read(PAYLOAD as u64, 3).unwrap(), content[..3]);
        let mut zero = good.clone();
        zero[BLOCK..].fill(0);
        assert_eq!(open(&zero).read(PAYLOAD as u64, 3), Err(Broken));
        let mut swapped = good.clone();
        swapped.copy_within(2 * BLOCK..3 * BLOCK, BLOCK);
        assert_eq!(open(&swapped).read(PAYLOAD as u64, 3), Err(Broken), "a good block in the wrong place");
        assert_eq!(open(&good[..3 * BLOCK + 9]).read(3 * PAYLOAD as u64, 3), Err(Broken), "cut");
        std::fs::write(&path, &good).unwrap();
        assert_eq!(Blocks::new(File::open(&path).unwrap(), 6).read(PAYLOAD as u64, 3), Err(Broken), "another file's");
    }
}
