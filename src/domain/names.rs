//! What people call themselves.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Refusal;

/// A display name: one line, 1 to 60 characters in NFC, without controls, bidirectional overrides, invisible
/// characters or piles of combining marks. Two people may have the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    pub const MAX_CHARS: usize = 60;
    const MAX_STACKED_MARKS: usize = 4;

    pub fn parse(raw: &str) -> Result<Name, Refusal> {
        let name: String = raw.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || !name.chars().any(char::is_alphanumeric) {
            return Err(Refusal::EmptyName);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(Refusal::NameTooLong { max_chars: Self::MAX_CHARS });
        }
        // Looked for in what was sent: white space is folded above, and a bidi control must not pass as such.
        if raw.chars().any(is_unfit) {
            return Err(Refusal::NameHasControls);
        }
        let mut marks = 0;
        for c in name.chars() {
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            if marks > Self::MAX_STACKED_MARKS {
                return Err(Refusal::NameHasControls);
            }
        }
        Ok(Name(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name read back from storage, where only parsed names are put.
    pub fn from_stored(name: String) -> Name {
        Name(name)
    }

    /// Whether a reader could take this name for `other`: equal after folding look-alike characters (UTS 39), case and spaces.
    pub fn looks_like(&self, other: &Name) -> bool {
        skeleton(&self.0) == skeleton(&other.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn skeleton(name: &str) -> String {
    let folded: String = name.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    unicode_security::skeleton(&folded).collect::<String>().to_lowercase()
}

/// Controls, bidi controls, zero-width and other invisible characters, private use and non-characters.
fn is_unfit(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_composed() {
        assert_eq!(Name::parse("  Ada \n Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(Name::parse("Zoe\u{308}").unwrap().as_str(), "Zoë");
        assert_eq!(Name::parse("محمد").unwrap().as_str(), "محمد");
    }

    #[test]
    fn a_name_refuses_what_could_disguise_it() {
        for (raw, refusal) in [
            ("", Refusal::EmptyName),
            (" . ", Refusal::EmptyName),
            ("ev\u{202E}il", Refusal::NameHasControls),
            ("a\u{200B}da", Refusal::NameHasControls),
            ("a\u{0}da", Refusal::NameHasControls),
            ("z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}", Refusal::NameHasControls),
        ] {
            assert_eq!(Name::parse(raw), Err(refusal), "{raw:?}");
        }
        assert_eq!(Name::parse(&"x".repeat(61)), Err(Refusal::NameTooLong { max_chars: 60 }));
    }

    #[test]
    fn look_alikes_are_seen_through() {
        let ada = Name::parse("Ada").unwrap();
        assert!(Name::parse("АdА").unwrap().looks_like(&ada), "Cyrillic А");
        assert!(Name::parse("A d a").unwrap().looks_like(&ada));
        assert!(!Name::parse("Adam").unwrap().looks_like(&ada));
    }
}
