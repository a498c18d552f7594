//! What stops a unit of work or a read: the engine, or a row that does not decode.

use crate::storage::StoreError;

/// Raised below the traits and turned into a [`StoreError`] where the answer leaves the engine.
#[derive(Debug)]
pub enum Fault {
    Engine(Box<redb::Error>),
    /// A row that does not decode, or that another row names and that is not there.
    Corrupt(String),
    /// Who took what was read, for an export, could not.
    Refused(StoreError),
}

impl Fault {
    pub fn corrupt(what: impl Into<String>) -> Fault {
        Fault::Corrupt(what.into())
    }

    /// Whether the engine refuses everything from now on, until the file is opened anew.
    pub fn needs_reopening(&self) -> bool {
        use redb::Error as E;
        match self {
            Fault::Engine(error) => matches!(
                **error,
                E::Io(_)
                    | E::Backend(_)
                    | E::PreviousIo
                    | E::DatabaseClosed
                    | E::LockPoisoned(_)
                    | E::Unsupported
            ),
            Fault::Corrupt(_) | Fault::Refused(_) => false,
        }
    }
}

/// Whether the disk, or what this user may take of it, is used up.
pub fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> StoreError {
        match fault {
            Fault::Corrupt(what) => StoreError::Corrupt(what),
            Fault::Refused(error) => error,
            Fault::Engine(error) => match *error {
                redb::Error::Io(error) if is_full(&error) => StoreError::Full(error.to_string()),
                redb::Error::Corrupted(what) => StoreError::Corrupt(what),
                other => StoreError::Io(other.to_string()),
            },
        }
    }
}

macro_rules! engine_errors {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for Fault {
            fn from(error: redb::$error) -> Fault {
                Fault::Engine(Box::new(error.into()))
            }
        })*
    };
}

engine_errors!(StorageError, TableError, TransactionError, CommitError, DatabaseError);
