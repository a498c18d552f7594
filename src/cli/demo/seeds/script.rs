//! Conversations as they are written down: indentation is who answers whom.
//!
//! ```text
//! @ines 7 likes pinned
//! What she says, in Markdown.
//!
//!   @"a guest" pending
//!   An answer to her.
//! ```

use super::people;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Index of the one it answers, always an earlier one.
    pub parent: Option<usize>,
    pub who: Who,
    pub text: String,
    pub likes: usize,
    pub fate: Fate,
    pub pinned: bool,
    /// The last paragraph was added later.
    pub edited: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Index into [`people::PEOPLE`].
    Person(usize),
    Guest(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Published,
    Pending,
    Spam,
    RemovedByAuthor,
    RemovedByModerator,
}

impl Said {
    pub fn plain(parent: Option<usize>, who: Who, text: String) -> Said {
        Said { parent, who, text, likes: 0, fate: Fate::Published, pinned: false, edited: false }
    }
}

/// Reads a conversation. `Err` names the line that makes no sense.
pub fn read(source: &str) -> Result<Vec<Said>, String> {
    let mut all: Vec<Said> = Vec::new();
    // The comment last begun at each depth.
    let mut open: Vec<usize> = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let depth = indent / 2;
        let begins = line[indent..].starts_with('@') && indent % 2 == 0 && depth <= open.len();
        if begins {
            open.truncate(depth);
            let said = header(&line[indent + 1..], open.last().copied())
                .ok_or_else(|| format!("line {}: {line}", number + 1))?;
            open.push(all.len());
            all.push(said);
        } else if let Some(said) = all.last_mut() {
            // Blank lines have no indentation of their own.
            let margin = 2 * (open.len() - 1);
            said.text.push_str(line.get(margin..).unwrap_or_default());
            said.text.push('\n');
        } else if !line.is_empty() {
            return Err(format!("line {}: nobody says this", number + 1));
        }
    }
    for said in &mut all {
        said.text = said.text.trim().to_owned();
    }
    Ok(all)
}

fn header(line: &str, parent: Option<usize>) -> Option<Said> {
    let (who, rest) = match line.strip_prefix('"') {
        Some(quoted) => {
            let (name, rest) = quoted.split_once('"')?;
            (Who::Guest(name.to_owned()), rest)
        }
        None => {
            let (handle, rest) = line.split_once(' ').unwrap_or((line, ""));
            (Who::Person(people::by_handle(handle)?), rest)
        }
    };
    let mut said = Said::plain(parent, who, String::new());
    let mut words = rest.split_whitespace().peekable();
    while let Some(word) = words.next() {
        match word {
            "pinned" => said.pinned = true,
            "edited" => said.edited = true,
            "pending" => said.fate = Fate::Pending,
            "spam" => said.fate = Fate::Spam,
            "removed" => {
                let by_moderator = words.next_if_eq(&"by").is_some() && words.next() == Some("moderator");
                said.fate = if by_moderator { Fate::RemovedByModerator } else { Fate::RemovedByAuthor };
            }
            number => {
                said.likes = number.parse().ok()?;
                words.next().filter(|word| word.starts_with("like"))?;
            }
        }
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_is_who_answers_whom() {
        let all = read(
            "@ines 2 likes\nFirst.\n\n    code\n\n  @\"A guest\" pending\n  Second.\n\n@pip removed by moderator\nThird.\n",
        )
        .unwrap();
        assert_eq!(all.len(), 3);
        assert_eq!((all[0].likes, all[0].text.as_str()), (2, "First.\n\n    code"));
        assert_eq!((all[1].parent, &all[1].who), (Some(0), &Who::Guest("A guest".to_owned())));
        assert_eq!((all[1].fate, all[1].text.as_str()), (Fate::Pending, "Second."));
        assert_eq!((all[2].parent, all[2].fate), (None, Fate::RemovedByModerator));
    }

    #[test]
    fn a_stranger_is_named() {
        assert_eq!(read("@nobody\nHello"), Err("line 1: @nobody".to_owned()));
    }
}
