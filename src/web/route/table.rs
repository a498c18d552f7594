//! All routes as rows: asked when no route answered, for preflights, and by everything that lists them.

use std::sync::Arc;

use http::Method;

use super::{Route, RouteRow};

#[derive(Clone, Debug, Default)]
pub struct Table(Vec<Arc<RouteRow>>);

impl Table {
    /// Panics if two routes are the same: every start would.
    pub fn of(routes: &[Route]) -> Table {
        let rows: Vec<_> = routes.iter().map(|route| route.row.clone()).collect();
        for (i, row) in rows.iter().enumerate() {
            let twice =
                rows[..i].iter().any(|other| other.method == row.method && other.pattern == row.pattern);
            assert!(!twice, "{} {} is declared twice", row.method, row.pattern.as_str());
        }
        Table(rows)
    }

    pub fn rows(&self) -> &[Arc<RouteRow>] {
        &self.0
    }

    /// The routes of this path, whatever their method. Where a literal and a parameter both fit, the literal is meant.
    pub fn at<'t>(&'t self, path: &'t str) -> Vec<&'t Arc<RouteRow>> {
        let mut found: Vec<_> = self.0.iter().filter(|row| row.pattern.matched(path).is_some()).collect();
        let fewest = found.iter().map(|row| row.pattern.params().count()).min();
        found.retain(|row| Some(row.pattern.params().count()) == fewest);
        found
    }

    /// The methods this path answers to, as `Allow` lists them; `None` if there is no such path.
    pub fn allow(&self, path: &str) -> Option<String> {
        let rows = self.at(path);
        let mut methods: Vec<&str> = Vec::new();
        for row in &rows {
            methods.push(row.method.as_str());
            if row.method == Method::GET {
                methods.push("HEAD");
            }
        }
        (!methods.is_empty()).then(|| {
            methods.push("OPTIONS");
            methods.join(", ")
        })
    }
}
