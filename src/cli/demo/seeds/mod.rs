//! What the demo's conversations say and who says it, and planting them in an empty store.
//!
//! Invariant: the same words by the same people under the same ids on every computer; only the moments are counted from
//! the first start.

mod dice;
mod letters;
mod people;
mod plant;
mod script;
mod sign_up;

pub use plant::plant;

use super::magazine::articles;
use dice::Dice;
use script::{Fate, Said};

/// Comments that show in the busy conversation.
const BUSY_COUNT: usize = 400;

/// One page's conversations.
struct Scene {
    slug: &'static str,
    said: Vec<Said>,
    closed: bool,
}

fn scenes() -> Result<Vec<Scene>, String> {
    let read = |slug, source| {
        let said = script::read(source).map_err(|fault| format!("{slug}: {fault}"))?;
        Ok::<_, String>(Scene { slug, said, closed: slug == articles::CLOSED })
    };
    // The busy one last: when it is there, everything is.
    Ok(vec![
        read(articles::STRICT, include_str!("texts/a-page-is-a-small-boat.txt"))?,
        read(articles::DARK, include_str!("texts/what-the-dark-is-for.txt"))?,
        read(articles::RIGHT_TO_LEFT, include_str!("texts/the-harbour-coffee-house.txt"))?,
        read(articles::CLOSED, include_str!("texts/the-footbridge-one-year-on.txt"))?,
        busy(read(articles::BUSY, include_str!("texts/how-to-predict-the-sea.txt"))?),
    ])
}

/// Mixes letters in among the written conversations, until enough of it shows.
fn busy(written: Scene) -> Scene {
    let shown = written.said.iter().filter(|said| said.fate == Fate::Published).count();
    let mut letters = letters::write(BUSY_COUNT.saturating_sub(shown), &mut Dice::new(1911)).into_iter();
    let mut said: Vec<Said> = Vec::new();
    let mut take = |conversation: Vec<Said>| {
        let first = said.len();
        let moved = |line: Said| Said { parent: line.parent.map(|parent| parent + first), ..line };
        said.extend(conversation.into_iter().map(moved));
    };
    for conversation in conversations(written.said) {
        take(conversation);
        letters.next().map(&mut take);
    }
    letters.for_each(take);
    Scene { said, ..written }
}

/// Each root with its replies, whose parents are counted from it.
fn conversations(said: Vec<Said>) -> Vec<Vec<Said>> {
    let mut all: Vec<Vec<Said>> = Vec::new();
    let mut first = 0;
    for (i, line) in said.into_iter().enumerate() {
        if line.parent.is_none() {
            first = i;
            all.push(Vec::new());
        }
        let line = Said { parent: line.parent.map(|parent| parent - first), ..line };
        // A conversation begins with a root, and the first line is one.
        if let Some(conversation) = all.last_mut() {
            conversation.push(line);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comments::Body;

    #[test]
    fn the_busy_conversation_has_four_hundred_comments_and_is_ten_levels_deep_somewhere() {
        let scenes = scenes().unwrap();
        let busy = scenes.last().unwrap();
        let depth = |mut at: usize| {
            let mut depth = 0;
            while let Some(parent) = busy.said[at].parent {
                assert!(parent < at);
                (at, depth) = (parent, depth + 1);
            }
            depth
        };
        assert_eq!(busy.said.iter().filter(|said| said.fate == Fate::Published).count(), BUSY_COUNT);
        assert!((0..busy.said.len()).map(depth).max() >= Some(10));
        assert!(busy.said.iter().filter(|said| said.parent.is_none()).count() > 50, "more than a page");
    }

    #[test]
    fn every_text_is_one_that_could_be_posted() {
        for scene in scenes().unwrap() {
            for said in scene.said {
                assert!(Body::parse(&said.text, 10_000).is_ok(), "{}: {:?}", scene.slug, said.text);
            }
        }
    }
}
