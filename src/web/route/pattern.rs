//! A route's path: `/api/v1/sites/{site}/comments/{comment}`.
//!
//! Invariant: a pattern begins with `/`, and each of its segments is either a literal or one `{name}`.

/// Segments that are parameters, at most.
pub const MAX_PARAMS: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: &'static str,
    segments: Vec<Segment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    Literal(&'static str),
    Param(&'static str),
}

impl Pattern {
    /// Panics on a malformed pattern: patterns are written in the source, and every start builds them all.
    pub fn new(text: &'static str) -> Pattern {
        let rest = text.strip_prefix('/').unwrap_or_else(|| panic!("{text}: a pattern begins with /"));
        let segments: Vec<_> = rest
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => Segment::Param(name),
                None => Segment::Literal(segment),
            })
            .collect();
        let pattern = Pattern { text, segments };
        assert!(pattern.params().count() <= MAX_PARAMS, "{text}: at most {MAX_PARAMS} parameters");
        pattern
    }

    pub fn as_str(&self) -> &'static str {
        self.text
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Names of the parameters, in order.
    pub fn params(&self) -> impl Iterator<Item = &'static str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Param(name) => Some(*name),
            Segment::Literal(_) => None,
        })
    }

    /// What stands in `path` where the pattern has its parameters; `None` if the path is another one. A slash at the
    /// end makes no difference.
    pub fn matched<'p>(&self, path: &'p str) -> Option<[&'p str; MAX_PARAMS]> {
        let mut found = [""; MAX_PARAMS];
        let mut params = 0;
        let path = path.strip_prefix('/')?;
        let mut parts = path.strip_suffix('/').unwrap_or(path).split('/').filter(|_| !path.is_empty());
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Literal(literal) if *literal != part => return None,
                Segment::Literal(_) => {}
                Segment::Param(_) if part.is_empty() => return None,
                Segment::Param(_) => {
                    found[params] = part;
                    params += 1;
                }
            }
        }
        parts.next().is_none().then_some(found)
    }

    /// What stands in `path` for the parameter `name`.
    pub fn param<'p>(&self, name: &str, path: &'p str) -> Option<&'p str> {
        let index = self.params().position(|param| param == name)?;
        self.matched(path).map(|found| found[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_its_parameters() {
        let pattern = Pattern::new("/sites/{site}/comments/{comment}");
        assert_eq!(pattern.matched("/sites/blog/comments/7"), Some(["blog", "7", ""]));
        assert_eq!(pattern.matched("/sites/blog/comments/7/"), Some(["blog", "7", ""]));
        assert_eq!(pattern.param("comment", "/sites/blog/comments/7"), Some("7"));
        for other in [
            "/sites/blog/comments",
            "/sites/blog/comments/",
            "/sites//comments/7",
            "/sites/blog/comments/7/x",
            "/sites/blog/Comments/7",
            "sites/blog/comments/7",
            "/",
        ] {
            assert_eq!(pattern.matched(other), None, "{other}");
        }
    }

    #[test]
    fn the_root_is_a_pattern_too() {
        assert!(Pattern::new("/").matched("/").is_some());
        assert!(Pattern::new("/").matched("/a").is_none());
    }
}
