//! Bytes in and out. A reader never trusts a length: what does not fit is [`Broken`], and the cache is rebuilt.

/// The cache cannot be used: damaged, of another version, or out of reach. Never an error of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// The result of reading the cache.
pub type Read<T> = Result<T, Broken>;

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// Appends a number in 7-bit groups.
pub fn put_var(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number, small ones short.
pub fn put_int(out: &mut Vec<u8>, value: i64) {
    put_var(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// Appends a number that may be missing.
pub fn put_opt_int(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put_int(out, value);
    }
}

/// Appends a length and bytes.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_var(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a text.
pub fn put_str(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

/// Appends a text that may be missing.
pub fn put_opt_str(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_str(out, text);
    }
}

/// Reads what the functions above wrote.
#[derive(Clone, Copy)]
pub struct Take<'a> {
    bytes: &'a [u8],
}

impl<'a> Take<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next bytes.
    pub fn raw(&mut self, len: usize) -> Read<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(len).ok_or(Broken)?;
        self.bytes = tail;
        Ok(head)
    }

    fn fixed<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (head, tail) = self.bytes.split_first_chunk::<N>().ok_or(Broken)?;
        self.bytes = tail;
        Ok(*head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Read<u8> {
        Ok(self.fixed::<1>()?[0])
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Read<u16> {
        Ok(u16::from_le_bytes(self.fixed()?))
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.fixed()?))
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Read<u64> {
        Ok(u64::from_le_bytes(self.fixed()?))
    }

    /// Eight bytes, signed.
    pub fn i64(&mut self) -> Read<i64> {
        Ok(i64::from_le_bytes(self.fixed()?))
    }

    /// Sixteen bytes.
    pub fn u128(&mut self) -> Read<u128> {
        Ok(u128::from_le_bytes(self.fixed()?))
    }

    /// A number of [`put_var`].
    pub fn var(&mut self) -> Read<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    /// A number of [`put_int`].
    pub fn int(&mut self) -> Read<i64> {
        let value = self.var()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A number of [`put_opt_int`].
    pub fn opt_int(&mut self) -> Read<Option<i64>> {
        Ok(if self.bool()? { Some(self.int()?) } else { None })
    }

    /// A byte that is 0 or 1.
    pub fn bool(&mut self) -> Read<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Broken),
        }
    }

    /// A count of things of at least `each` bytes; a count that cannot be there is refused before memory is asked for.
    pub fn count(&mut self, each: usize) -> Read<usize> {
        let count = usize::try_from(self.var()?).map_err(|_| Broken)?;
        if count.checked_mul(each.max(1)).is_none_or(|bytes| bytes > self.bytes.len()) { Err(Broken) } else { Ok(count) }
    }

    /// Bytes of [`put_bytes`].
    pub fn bytes(&mut self) -> Read<&'a [u8]> {
        let len = self.count(1)?;
        self.raw(len)
    }

    /// A text of [`put_str`].
    pub fn str(&mut self) -> Read<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Broken)
    }

    /// A text of [`put_opt_str`].
    pub fn opt_str(&mut self) -> Read<Option<&'a str>> {
        Ok(if self.bool()? { Some(self.str()?) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_taken_and_what_is_cut_is_broken() {
        let mut out = Vec::new();
        put_var(&mut out, u64::MAX);
        put_int(&mut out, i64::MIN);
        put_int(&mut out, -1);
        put_opt_int(&mut out, Some(1_767_225_600_000));
        put_str(&mut out, "grüße");
        put_opt_str(&mut out, None);
        let mut take = Take::new(&out);
        assert_eq!(take.var(), Ok(u64::MAX));
        assert_eq!((take.int(), take.int()), (Ok(i64::MIN), Ok(-1)));
        assert_eq!(take.opt_int(), Ok(Some(1_767_225_600_000)));
        assert_eq!((take.str(), take.opt_str()), (Ok("grüße"), Ok(None)));
        assert!(take.rest().is_empty() && take.u8().is_err());
        assert_eq!(Take::new(&[0xff; 11]).var(), Err(Broken), "a number without an end");
        assert_eq!(Take::new(&[0xff, 0xff, 0x7f, 1]).bytes(), Err(Broken), "a length beyond the end");
        assert_eq!(Take::new(&[2, 0xff, 0xfe]).str(), Err(Broken), "not UTF-8");
    }
}
