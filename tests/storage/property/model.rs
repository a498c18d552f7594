//! What a store promises about comments, in the plainest way: a list, and everything else computed from it.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::*;

use crate::support::world::HELD;

pub const PAGES: usize = 2;
pub const MEMBERS: usize = 3;
pub const GUESTS: usize = 2;
pub const PEOPLE: usize = MEMBERS + GUESTS;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Clone, Default)]
pub struct Model {
    pub comments: Vec<Said>,
    pub closed: [bool; PAGES],
    /// Roots in the order they were pinned.
    pub pinned: [Vec<usize>; PAGES],
    numbers: [u32; PAGES],
    requests: HashMap<(usize, u8), Request>,
}

#[derive(Clone)]
struct Request {
    text: u8,
    comment: usize,
    at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Post {
    pub by: usize,
    pub page: usize,
    pub parent: Option<usize>,
    pub text: u8,
    pub standing: Standing,
    pub key: Option<u8>,
    pub at: Timestamp,
}

#[derive(Debug)]
pub enum Answer {
    New,
    Repeat(usize),
    /// Of any of these.
    Duplicate(Vec<usize>),
    Refused(Refusal),
}

#[derive(Clone, Debug)]
pub struct Said {
    pub post: Post,
    pub id: CommentId,
    pub thread: ThreadId,
    pub place: Place,
    /// The first of its conversation.
    pub root: usize,
    pub standing: Standing,
    pub removed: Option<RemovedBy>,
    pub hidden_since: Option<Timestamp>,
    pub text_gone: bool,
    /// What shows, what was written last, and when what waits was.
    pub text: u8,
    pub latest: u8,
    pub waiting: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
    pub number: Option<u32>,
    pub likes: BTreeSet<usize>,
    pub vouched: bool,
}

impl Said {
    pub fn is_public(&self) -> bool {
        self.standing == Standing::Published && self.removed.is_none()
    }
}

pub fn page_key(page: usize) -> PageKey {
    PageKey::from_stored(format!("path:/{page}"))
}

impl Model {
    pub fn nth(&self, n: usize) -> Option<usize> {
        n.checked_rem(self.comments.len())
    }

    pub fn id(&self, comment: usize) -> CommentId {
        self.comments[comment].id
    }

    pub fn thread(&self, page: usize) -> Option<ThreadId> {
        self.comments.iter().find(|it| it.post.page == page).map(|it| it.thread)
    }

    /// What posting this should answer.
    pub fn check(&self, post: &Post) -> Answer {
        let request = post.key.and_then(|key| self.requests.get(&(post.by, key)));
        if let Some(earlier) = request.filter(|it| post.at.since(it.at) < DAY) {
            return match earlier.text == post.text {
                true => Answer::Repeat(earlier.comment),
                false => Answer::Refused(Refusal::KeyReused),
            };
        }
        if let Some(parent) = post.parent.map(|it| &self.comments[it]) {
            if !parent.is_public() && parent.post.by != post.by {
                return Answer::Refused(Refusal::UnknownParent);
            }
            if parent.post.page != post.page {
                return Answer::Refused(Refusal::ParentElsewhere);
            }
        }
        if self.closed[post.page] {
            return Answer::Refused(Refusal::ThreadClosed);
        }
        let same = |it: &Said| {
            (it.post.by, it.post.page, it.post.parent, it.latest)
                == (post.by, post.page, post.parent, post.text)
        };
        let recent = |it: &Said| it.removed.is_none() && post.at.since(it.post.at) < DAY;
        let earlier: Vec<usize> = (0..self.comments.len())
            .filter(|it| same(&self.comments[*it]) && recent(&self.comments[*it]))
            .collect();
        if earlier.is_empty() { Answer::New } else { Answer::Duplicate(earlier) }
    }

    /// Takes in what the store answered, which must be what was posted.
    pub fn post(&mut self, post: Post, answer: Comment) {
        let index = self.comments.len();
        let root = post.parent.map_or(index, |parent| self.comments[parent].root);
        let last = self.comments.iter().filter(|it| it.post.page == post.page).map(|it| it.place.0).max();
        let now = u64::try_from(post.at.as_millis()).unwrap();
        assert_eq!(answer.place.0, now.max(last.map_or(0, |last| last + 1)), "the place");
        assert_eq!(answer.parent.map(|it| it.id), post.parent.map(|it| self.comments[it].id));
        if let Some(key) = post.key {
            self.requests.insert((post.by, key), Request { text: post.text, comment: index, at: post.at });
        }
        self.comments.push(Said {
            id: answer.id,
            thread: answer.thread,
            place: answer.place,
            root,
            standing: post.standing,
            removed: None,
            hidden_since: None,
            text_gone: false,
            text: post.text,
            latest: post.text,
            waiting: None,
            edited_at: None,
            number: None,
            likes: BTreeSet::new(),
            vouched: false,
            post,
        });
        self.settle(index, None);
        assert_eq!(answer.number.map(|it| it.0), self.comments[index].number);
    }

    /// What follows from a change: numbers, pins, since when it is hidden.
    fn settle(&mut self, index: usize, now: Option<Timestamp>) {
        let page = self.comments[index].post.page;
        let comment = &mut self.comments[index];
        if comment.is_public() && comment.number.is_none() {
            self.numbers[page] += 1;
            comment.number = Some(self.numbers[page]);
        }
        if comment.removed.is_none() && comment.standing != Standing::Spam {
            comment.hidden_since = None;
        } else if comment.hidden_since.is_none() {
            comment.hidden_since = now;
        }
        if !comment.is_public() {
            self.pinned[page].retain(|root| *root != index);
        }
    }

    pub fn edit(
        &mut self,
        index: usize,
        text: u8,
        standing: Standing,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let comment = &mut self.comments[index];
        if comment.removed.is_some() || comment.text_gone {
            return Err(Refusal::UnknownComment);
        }
        comment.latest = text;
        if comment.standing == Standing::Published && standing != Standing::Published {
            comment.waiting = Some(now);
            return Ok(());
        }
        comment.waiting = None;
        comment.text = text;
        if comment.number.is_some() {
            comment.edited_at = Some(now);
        }
        if comment.standing != Standing::Spam {
            comment.standing = standing;
        }
        self.settle(index, Some(now));
        Ok(())
    }

    pub fn remove(&mut self, index: usize, by: RemovedBy, now: Timestamp) {
        self.comments[index].removed.get_or_insert(by);
        self.settle(index, Some(now));
    }

    pub fn moderate(&mut self, index: usize, verdict: Verdict, now: Timestamp) -> Result<(), Refusal> {
        let page = self.comments[index].post.page;
        let comment = &mut self.comments[index];
        let is_guest = comment.post.by >= MEMBERS;
        match verdict {
            Verdict::Approve => {
                if comment.text_gone || comment.removed == Some(RemovedBy::Author) {
                    return Err(Refusal::UnknownComment);
                }
                if comment.is_public() && comment.waiting.is_none() {
                    return Ok(());
                }
                comment.removed = None;
                comment.standing = Standing::Published;
                comment.vouched = is_guest;
                if let Some(written_at) = comment.waiting.take() {
                    comment.text = comment.latest;
                    comment.edited_at = Some(written_at);
                }
            }
            Verdict::Spam => {
                comment.standing = Standing::Spam;
                comment.vouched = false;
            }
            Verdict::Remove => self.remove(index, RemovedBy::Moderator, now),
            Verdict::Pin | Verdict::Unpin if comment.post.parent.is_some() => return Err(Refusal::NotARoot),
            Verdict::Pin => {
                if !comment.is_public() {
                    return Err(Refusal::UnknownComment);
                }
                let pinned = &mut self.pinned[page];
                if !pinned.contains(&index) {
                    if pinned.len() == 3 {
                        return Err(Refusal::TooManyPinned { max: 3 });
                    }
                    pinned.push(index);
                }
            }
            Verdict::Unpin => self.pinned[page].retain(|root| *root != index),
        }
        self.settle(index, Some(now));
        Ok(())
    }

    pub fn like(&mut self, index: usize, by: usize, liked: bool) -> Result<u32, Refusal> {
        let comment = &mut self.comments[index];
        if !comment.is_public() {
            return Err(Refusal::UnknownComment);
        }
        if comment.post.by == by {
            return Err(Refusal::OwnComment);
        }
        if liked {
            comment.likes.insert(by);
        } else {
            comment.likes.remove(&by);
        }
        Ok(u32::try_from(comment.likes.len()).unwrap())
    }

    /// What a guest wrote becomes a member's; how much that is.
    pub fn claim(&mut self, guest: usize, by: usize, now: Timestamp) -> u64 {
        let theirs: Vec<usize> =
            (0..self.comments.len()).filter(|it| self.comments[*it].post.by == guest).collect();
        for index in &theirs {
            let comment = &mut self.comments[*index];
            comment.post.by = by;
            comment.vouched = false;
            comment.likes.remove(&by);
            if comment.removed.is_none() {
                if comment.standing == HELD {
                    comment.standing = Standing::Published;
                } else if comment.standing == Standing::Published
                    && let Some(written_at) = comment.waiting.take()
                {
                    comment.text = comment.latest;
                    comment.edited_at = Some(written_at);
                }
            }
            self.settle(*index, Some(now));
        }
        theirs.len() as u64
    }

    pub fn prune(&mut self, now: Timestamp) {
        for comment in &mut self.comments {
            if comment.hidden_since.is_some_and(|since| now.since(since) >= MONTH) {
                comment.text_gone = true;
                comment.waiting = None;
            }
        }
    }

    /// Whether it is public, or something below it is.
    pub fn shows(&self, index: usize) -> bool {
        let below = |it: &usize| self.comments[*it].post.parent == Some(index) && self.shows(*it);
        self.comments[index].is_public() || (index + 1..self.comments.len()).any(|it| below(&it))
    }

    /// Comments of a conversation that show, in order of place.
    pub fn conversation(&self, root: usize) -> Vec<usize> {
        (root..self.comments.len()).filter(|it| self.comments[*it].root == root && self.shows(*it)).collect()
    }

    /// Roots that show, pinned ones first.
    pub fn roots(&self, page: usize, order: Order) -> Vec<usize> {
        let pinned = &self.pinned[page];
        let is_root = |it: &usize| {
            let comment = &self.comments[*it];
            comment.post.page == page && comment.root == *it && !pinned.contains(it) && self.shows(*it)
        };
        let mut roots: Vec<usize> = (0..self.comments.len()).filter(is_root).collect();
        match order {
            Order::Oldest => {}
            Order::Newest => roots.reverse(),
            Order::Best => roots.sort_by_key(|it| std::cmp::Reverse((self.score(*it), *it))),
        }
        [pinned.clone(), roots].concat()
    }

    pub fn score(&self, index: usize) -> usize {
        let comment = &self.comments[index];
        if comment.is_public() { comment.likes.len() } else { 0 }
    }

    pub fn published(&self, page: usize) -> u64 {
        self.comments.iter().filter(|it| it.post.page == page && it.is_public()).count() as u64
    }

    /// One comment as everybody sees it.
    pub fn shown(&self, index: usize) -> String {
        let comment = &self.comments[index];
        if !comment.is_public() {
            return format!("{} removed by {:?}", comment.id, comment.removed);
        }
        let (text, edited) = (comment.text, comment.edited_at);
        format!("{} #{:?} {text:?} {edited:?} {}", comment.id, comment.number, self.score(index))
    }

    /// All that everybody sees of a page.
    pub fn view(&self, page: usize) -> Vec<String> {
        let mut view = vec![format!("{} {}", self.thread(page).is_some(), self.closed[page])];
        for root in self.roots(page, Order::Best) {
            view.push(format!("pinned: {}", self.pinned[page].contains(&root)));
            view.extend(self.conversation(root).into_iter().map(|it| self.shown(it)));
        }
        view
    }
}
