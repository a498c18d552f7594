//! The essays of the demo's magazine: each shows comments on another kind of page.

pub struct Article {
    pub slug: &'static str,
    pub kind: &'static str,
    pub title: &'static str,
    pub standfirst: &'static str,
    pub byline: &'static str,
    pub lang: &'static str,
    pub dir: &'static str,
    /// Dark whatever the reader's system prefers.
    pub night: bool,
    /// Served with a strict Content-Security-Policy.
    pub strict: bool,
    /// What its picture shows; `None` if it has none.
    pub picture: Option<&'static str>,
    /// What the part below the essay is called.
    pub conversation: &'static str,
    /// Trusted markup: written by us, compiled in. `{{ server }}` stands for Afterword's origin.
    pub body: &'static str,
}

/// The one with the busy conversation: where a visitor of the demo is sent first.
pub const BUSY: &str = "how-to-predict-the-sea";
pub const DARK: &str = "what-the-dark-is-for";
pub const RIGHT_TO_LEFT: &str = "the-harbour-coffee-house";
pub const STRICT: &str = "a-page-is-a-small-boat";
pub const CLOSED: &str = "the-footbridge-one-year-on";
pub const EMPTY: &str = "soup-for-the-week-of-the-big-winds";

pub static ARTICLES: [Article; 6] = [
    Article {
        slug: BUSY,
        kind: "Essay",
        title: "How to Predict the Sea",
        standfirst: "For forty years my grandfather knew where the water would be next Tuesday. He never once looked out \
                     of the window.",
        byline: "By Ines Calder",
        picture: Some("A tide gauge in a calm sea; above it the thin curves of the tide’s separate rhythms"),
        body: include_str!("../../../../templates/demo/articles/how-to-predict-the-sea.html"),
        ..PLAIN
    },
    Article {
        slug: DARK,
        kind: "Night notes",
        title: "What the Dark Is For",
        standfirst: "Once a year our town turns off its lamps, and looks at what they were hiding.",
        byline: "By Jonah Prewitt",
        night: true,
        picture: Some("The quay at night under the Milky Way, with blue sparks in the water"),
        body: include_str!("../../../../templates/demo/articles/what-the-dark-is-for.html"),
        ..PLAIN
    },
    Article {
        slug: STRICT,
        kind: "On making things",
        title: "A Page Is a Small Boat",
        standfirst: "What would you take along if you had to carry it yourself?",
        byline: "By Teodor Vance",
        strict: true,
        body: include_str!("../../../../templates/demo/articles/a-page-is-a-small-boat.html"),
        ..PLAIN
    },
    Article {
        slug: RIGHT_TO_LEFT,
        kind: "رسالة من ميناء آخر",
        title: "مقهى الميناء",
        standfirst: "سبع طاولات، ومروحة تفكّر، وراديو يقول الحقيقة بهدوء.",
        byline: "بقلم سلمى الحدّاد",
        lang: "ar",
        dir: "rtl",
        picture: Some("كرسيّ من الخيزران أمام باب مفتوح على البحر، وفنجان قهوة على طاولة"),
        conversation: "التعليقات",
        body: include_str!("../../../../templates/demo/articles/the-harbour-coffee-house.html"),
        ..PLAIN
    },
    Article {
        slug: CLOSED,
        kind: "Second thoughts",
        title: "The Footbridge, One Year On",
        standfirst: "We were against it. We have been asked to come back and say so again, or not.",
        byline: "By the editors",
        picture: Some("Two people on a bench in the middle of a footbridge"),
        body: include_str!("../../../../templates/demo/articles/the-footbridge-one-year-on.html"),
        ..PLAIN
    },
    Article {
        slug: EMPTY,
        kind: "The kitchen",
        title: "Soup for the Week of the Big Winds",
        standfirst: "A recipe for when the boats stay in, written down at last.",
        byline: "By Agnes Tolland",
        picture: Some("A large blue bowl of soup, steaming, by a window with rain on it"),
        body: include_str!("../../../../templates/demo/articles/soup-for-the-week-of-the-big-winds.html"),
        ..PLAIN
    },
];

const PLAIN: Article = Article {
    slug: "",
    kind: "",
    title: "",
    standfirst: "",
    byline: "",
    lang: "en",
    dir: "ltr",
    night: false,
    strict: false,
    picture: None,
    conversation: "Comments",
    body: "",
};

pub fn by_slug(slug: &str) -> Option<&'static Article> {
    ARTICLES.iter().find(|article| article.slug == slug)
}
