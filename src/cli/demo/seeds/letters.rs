//! The bulk of the busy conversation, put together from written parts so that no two read alike.

use super::dice::Dice;
use super::people::PEOPLE;
use super::script::{Said, Who};

const PARTS: &str = include_str!("texts/letters.txt");
/// How deep these answer each other; the written conversation goes deeper.
const MAX_DEPTH: usize = 5;

/// As many conversations as it takes to hold `count` comments, each a root with its replies.
pub fn write(count: usize, dice: &mut Dice) -> Vec<Vec<Said>> {
    let mut roots = roots(dice);
    roots.truncate(count);
    let mut conversations: Vec<Vec<(Said, usize)>> =
        roots.into_iter().map(|text| vec![(Said::plain(None, anybody(dice, None), text), 0)]).collect();
    if conversations.is_empty() {
        return Vec::new();
    }
    let mut replies = replies(dice);
    for _ in conversations.len()..count {
        // Squared: a few conversations are long, many are short.
        let at = (dice.fraction().powi(2) * conversations.len() as f64) as usize;
        let conversation = &mut conversations[at];
        let (parent, depth) = loop {
            let parent = dice.below(conversation.len());
            if conversation[parent].1 < MAX_DEPTH {
                break (parent, conversation[parent].1);
            }
        };
        let who = anybody(dice, Some(&conversation[parent].0.who));
        let text = replies.pop().unwrap_or_else(|| "Yes.".to_owned());
        conversation.push((Said::plain(Some(parent), who, text), depth + 1));
    }
    dice.shuffle(&mut conversations);
    let likes =
        |said: Said, dice: &mut Dice| Said { likes: (dice.fraction().powi(3) * 9.0) as usize, ..said };
    conversations
        .into_iter()
        .map(|conversation| conversation.into_iter().map(|(said, _)| likes(said, dice)).collect())
        .collect()
}

/// Somebody who is not the one they answer.
fn anybody(dice: &mut Dice, except: Option<&Who>) -> Who {
    loop {
        let who = Who::Person(dice.below(PEOPLE.len()));
        if Some(&who) != except {
            return who;
        }
    }
}

/// Every root text once, and those with a slot in them three times.
fn roots(dice: &mut Dice) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for round in 0..3 {
        for template in list("root").filter(|template| round == 0 || template.contains('{')) {
            texts.push(fill(template, dice));
        }
    }
    texts
}

/// Every opener with every reply, in an order that lets neither repeat soon.
fn replies(dice: &mut Dice) -> Vec<String> {
    let (openers, replies): (Vec<_>, Vec<_>) = (list("opener").collect(), list("reply").collect());
    let mut texts = Vec::new();
    for round in 0..openers.len() {
        for (i, reply) in replies.iter().enumerate() {
            let opener = openers[(i + round * 7) % openers.len()];
            texts.push(fill(&format!("{opener} {reply}"), dice));
        }
    }
    texts.reverse();
    texts
}

/// A text with a word in each of its slots; `{Person}` begins a sentence.
fn fill(template: &str, dice: &mut Dice) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, (slot, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        filled.push_str(before);
        let words: Vec<_> = list(&slot.to_lowercase()).collect();
        let word = if words.is_empty() { slot } else { words[dice.below(words.len())] };
        if slot.starts_with(char::is_uppercase) {
            let mut chars = word.chars();
            filled.extend(chars.next().into_iter().flat_map(char::to_uppercase).chain(chars));
        } else {
            filled.push_str(word);
        }
        rest = after;
    }
    filled + rest
}

/// The lines under `[name]`.
fn list(name: &str) -> impl Iterator<Item = &'static str> {
    let heading = format!("[{name}]");
    PARTS
        .lines()
        .skip_while(move |line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_letters_read_alike_and_no_slot_stays_empty() {
        let conversations = write(330, &mut Dice::new(7));
        let all: Vec<_> = conversations.iter().flatten().collect();
        assert_eq!(all.len(), 330);
        assert!(all.iter().all(|said| !said.text.contains(['{', '}', '['])));
        let texts: HashSet<_> = all.iter().map(|said| &said.text).collect();
        assert!(texts.len() >= 325, "{} of 330 differ", texts.len());
    }

    #[test]
    fn nobody_answers_themselves() {
        for conversation in write(330, &mut Dice::new(7)) {
            for said in &conversation {
                assert!(said.parent.is_none_or(|parent| conversation[parent].who != said.who));
            }
        }
    }
}
