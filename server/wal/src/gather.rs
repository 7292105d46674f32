//! What is to be written to the log, and where the log is long enough for it.

/// How far ahead the log is made longer.
const AHEAD: i64 = 2 << 20;
/// What is gathered at most before it is written.
const MOST: usize = 1 << 20;

/// The log's file, as this module needs it. The codes are SQLite's.
pub trait Log {
    /// Writes all bytes at a place; what is between the end and the place reads as zeros.
    fn write(&mut self, bytes: &[u8], at: i64) -> Result<(), i32>;
}

/// Bytes that follow each other and are not written yet.
#[derive(Default)]
pub struct Gather {
    bytes: Vec<u8>,
    start: i64,
    /// The file has at least this length.
    length: i64,
}

impl Gather {
    /// For a file of that length.
    pub fn new(length: i64) -> Self {
        Self { length, ..Self::default() }
    }

    /// Takes what is written. An error is of what was gathered before.
    pub fn put(&mut self, log: &mut impl Log, bytes: &[u8], at: i64) -> Result<(), i32> {
        if self.start + self.bytes.len() as i64 != at || self.bytes.len() + bytes.len() > MOST {
            self.write(log)?;
            self.start = at;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes what was gathered. After an error it is still there and written the next time: a transaction of which a part is
    /// taken back goes on, and must not be told to be stored with pages missing among those it keeps.
    pub fn write(&mut self, log: &mut impl Log) -> Result<(), i32> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let end = self.start + self.bytes.len() as i64;
        log.write(&self.bytes, self.start)?;
        self.bytes.clear();
        if end > self.length {
            self.length = end;
            // It is for speed alone: a disk that is full says so when it matters.
            if log.write(&vec![0; AHEAD as usize], end).is_ok() {
                self.length += AHEAD;
            }
        }
        Ok(())
    }

    /// The file has got another length.
    pub fn cut(&mut self, length: i64) {
        self.length = length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Memory {
        file: Vec<u8>,
        calls: usize,
        full: bool,
    }

    impl Log for Memory {
        fn write(&mut self, bytes: &[u8], at: i64) -> Result<(), i32> {
            self.calls += 1;
            if self.full {
                return Err(13);
            }
            let at = at as usize;
            self.file.resize(self.file.len().max(at + bytes.len()), 0);
            self.file[at..at + bytes.len()].copy_from_slice(bytes);
            Ok(())
        }
    }

    #[test]
    fn what_follows_is_one_call_and_what_goes_back_is_written_in_order() {
        let (mut log, mut gather) = (Memory::default(), Gather::new(1 << 20));
        for (bytes, at) in [(b"ab", 0), (b"cd", 2), (b"ef", 4)] {
            gather.put(&mut log, bytes, at).unwrap();
        }
        assert_eq!(log.calls, 0);
        gather.put(&mut log, b"XY", 1).unwrap();
        assert_eq!((log.calls, &log.file[..]), (1, &b"abcdef"[..]));
        gather.write(&mut log).unwrap();
        gather.write(&mut log).unwrap();
        assert_eq!((log.calls, &log.file[..]), (2, &b"aXYdef"[..]));
    }

    #[test]
    fn the_log_is_made_longer_ahead_and_only_then() {
        let (mut log, mut gather) = (Memory::default(), Gather::new(0));
        gather.put(&mut log, b"abc", 0).unwrap();
        gather.write(&mut log).unwrap();
        assert_eq!((log.calls, log.file.len() as i64), (2, AHEAD + 3));
        gather.put(&mut log, b"def", 3).unwrap();
        gather.write(&mut log).unwrap();
        assert_eq!((log.calls, &log.file[..7]), (3, &b"abcdef\0"[..]));
        gather.cut(0);
        gather.put(&mut log, b"x", 0).unwrap();
        gather.write(&mut log).unwrap();
        assert_eq!(log.calls, 5);
    }

    #[test]
    fn what_is_gathered_is_bounded() {
        let (mut log, mut gather) = (Memory::default(), Gather::new(i64::MAX));
        let page = vec![7; 4096];
        for n in 0..1000 {
            gather.put(&mut log, &page, n * 4096).unwrap();
            assert!(gather.bytes.len() <= MOST);
        }
        gather.write(&mut log).unwrap();
        assert_eq!(log.file, vec![7; 4096 * 1000]);
    }

    #[test]
    fn an_error_is_told_and_nothing_is_lost_by_it() {
        let (mut log, mut gather) = (Memory { full: true, ..Memory::default() }, Gather::new(0));
        gather.put(&mut log, b"abc", 0).unwrap();
        assert_eq!(gather.write(&mut log), Err(13));
        gather.put(&mut log, b"def", 3).unwrap();
        assert_eq!(gather.write(&mut log), Err(13));
        log.full = false;
        gather.write(&mut log).unwrap();
        assert_eq!(&log.file[..6], b"abcdef");
        // What comes instead of it stands in its place.
        log.full = true;
        gather.put(&mut log, b"ghi", 6).unwrap();
        assert_eq!(gather.write(&mut log), Err(13));
        assert_eq!(gather.put(&mut log, b"xyz", 3), Err(13));
        log.full = false;
        gather.put(&mut log, b"xyz", 3).unwrap();
        gather.write(&mut log).unwrap();
        assert_eq!(&log.file[..6], b"abcxyz");
    }
}
