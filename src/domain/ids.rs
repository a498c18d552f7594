//! Names of things. Each is its own type, so that one cannot be passed where another is meant.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::Timestamp;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A version 4 UUID of 16 random bytes (RFC 9562, section 5.4).
            pub fn from_random(bytes: [u8; 16]) -> $name {
                $name(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                Uuid::try_parse(text).map($name)
            }
        }
    };
}

number_id!(
    /// A site, inside the data file. Outside it is known by its [`SiteKey`](super::SiteKey).
    SiteId(u32)
);
number_id!(
    /// A thread, inside the data file and in answers. Unique in the file, not only in its site.
    ThreadId(u64)
);
number_id!(
    /// Where a comment stands in its thread: unique there and growing, the time in milliseconds it was posted
    /// or the last place plus one, whichever is more, so that order survives a clock that jumps.
    Place(u64)
);
number_id!(
    /// The `42` of `#42`: given when a comment is first published, never used again.
    Number(u32)
);
number_id!(
    /// Moves forward with every change of a thread or a site that readers can see.
    Version(u64)
);
uuid_id!(
    /// A comment's permanent name. Never sorted by.
    CommentId
);
uuid_id!(
    /// A person who signed in once. One for all sites of the instance.
    AccountId
);
uuid_id!(
    /// Somebody who commented without an account, on one site, known by a token in their browser.
    GuestId
);
uuid_id!(
    /// A signed-in browser: on one site and origin, or first-party.
    SessionId
);

impl CommentId {
    /// A version 7 UUID (RFC 9562, section 5.7): the moment, then random bits. What is filed under the ids of comments
    /// that were written together then lies together, and a commit rewrites a few pages of the file instead of some for
    /// each comment.
    pub fn at(posted_at: Timestamp, bytes: [u8; 10]) -> CommentId {
        let millis = u64::try_from(posted_at.as_millis()).unwrap_or(0);
        CommentId(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

impl Version {
    pub fn next(self) -> Version {
        Version(self.0 + 1)
    }
}
