//! One thing that was looked at.

use std::fmt;

pub struct Finding {
    mark: Mark,
    what: String,
    next: Option<String>,
}

#[derive(PartialEq, Eq)]
enum Mark {
    Fine,
    /// Worth knowing; works as it is.
    Note,
    /// Does not work, or will not for long.
    Wrong,
}

impl Finding {
    pub fn fine(what: impl Into<String>) -> Finding {
        Finding { mark: Mark::Fine, what: what.into(), next: None }
    }

    pub fn note(what: impl Into<String>) -> Finding {
        Finding { mark: Mark::Note, what: what.into(), next: None }
    }

    pub fn wrong(what: impl Into<String>) -> Finding {
        Finding { mark: Mark::Wrong, what: what.into(), next: None }
    }

    /// What to do about it.
    pub fn do_this(self, next: impl Into<String>) -> Finding {
        Finding { next: Some(next.into()), ..self }
    }

    pub fn is_wrong(&self) -> bool {
        self.mark == Mark::Wrong
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Fine => '✓',
            Mark::Note => '!',
            Mark::Wrong => '✗',
        };
        write!(f, "{mark} {}", self.what.replace('\n', "\n  "))?;
        if let Some(next) = &self.next {
            write!(f, "\n  → {next}")?;
        }
        Ok(())
    }
}
