//! Routes joined to one warp filter.
//!
//! A left-deep chain of 120 `or`s needs 1 MiB of stack and 22 µs a request. So routes that begin alike share the filter
//! of what they have in common, and what is left at each fork is the hottest branch and then a balanced tree: the stack
//! grows with the logarithm of the fork, and a request visits only the forks on its way.

use std::str::FromStr;
use std::sync::Arc;

use http::Method;
use warp::Filter;
use warp::filters::BoxedFilter;

use super::{Route, Segment};
use crate::actions::limits::Subject;
use crate::web::Problem;
use crate::web::problem::kinds;
use crate::web::request::Arrival;
use crate::web::{Request, Response};

/// All routes as one filter. Forks are tried in the order of their first route, literals before parameters: so the
/// hottest route comes first in the list.
pub fn one_of(routes: Vec<Route>) -> BoxedFilter<(Response,)> {
    fork(&routes.iter().collect::<Vec<_>>(), 0, &arrival())
}

/// The request as it arrived, put there by the service around warp.
fn arrival() -> BoxedFilter<(Arc<Arrival>,)> {
    warp::ext::get::<Arc<Arrival>>().boxed()
}

type Shared = BoxedFilter<(Arc<Arrival>,)>;

/// The routes of a fork, which agree in their first `depth` segments.
fn fork(routes: &[&Route], depth: usize, arrival: &Shared) -> BoxedFilter<(Response,)> {
    let mut groups: Vec<(Option<Branch>, Vec<&Route>)> = Vec::new();
    for route in routes {
        let branch = route.row.pattern.segments().get(depth).map(Branch::of);
        match groups.iter_mut().find(|(known, _)| *known == branch) {
            Some((_, group)) => group.push(route),
            None => groups.push((branch, vec![route])),
        }
    }
    groups.sort_by_key(|(branch, _)| *branch == Some(Branch::Param));
    let branches = groups.into_iter().map(|(branch, group)| match branch {
        None => balanced(group.into_iter().map(|route| leaf(route, arrival)).collect()),
        Some(Branch::Literal(literal)) => warp::path(literal).and(fork(&group, depth + 1, arrival)).boxed(),
        Some(Branch::Param) => warp::path::param::<AnySegment>()
            .map(|_| ())
            .untuple_one()
            .and(fork(&group, depth + 1, arrival))
            .boxed(),
    });
    hottest_first(branches.collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    Literal(&'static str),
    /// Whatever its name is: `{comment}` and `{thread}` are one fork.
    Param,
}

impl Branch {
    fn of(segment: &Segment) -> Branch {
        match segment {
            Segment::Literal(literal) => Branch::Literal(literal),
            Segment::Param(_) => Branch::Param,
        }
    }
}

/// A parameter is only passed over here: what it names is the handler's matter, and no reason to try another route.
struct AnySegment;

impl FromStr for AnySegment {
    type Err = std::convert::Infallible;
    fn from_str(_: &str) -> Result<AnySegment, Self::Err> {
        Ok(AnySegment)
    }
}

/// The end of the path, the method, the request, the handler.
fn leaf(route: &Route, arrival: &Shared) -> BoxedFilter<(Response,)> {
    let Route { row, handler } = route.clone();
    let method = row.method.clone();
    warp::path::end()
        .and(warp::method())
        .and_then(move |asked: Method| {
            let ours = asked == method || (asked == Method::HEAD && method == Method::GET);
            std::future::ready(if ours { Ok(()) } else { Err(warp::reject::not_found()) })
        })
        .untuple_one()
        .and(arrival.clone())
        .then(move |arrival: Arc<Arrival>| {
            let params = row.pattern.matched(arrival.path()).unwrap_or_default();
            let request = Request::new(arrival.clone(), row.clone());
            let answer = match admit(&request) {
                Ok(()) => handler(params, request),
                Err(problem) => Box::pin(std::future::ready(Err(problem))),
            };
            async move { answer.await.unwrap_or_else(|problem| problem.unrendered()) }
        })
        .boxed()
}

/// What is asked of every request before its handler runs.
pub fn admit(request: &Request) -> Result<(), Problem> {
    if request.is_too_late() {
        /// By then another server has taken over, or this one is back.
        const SECS: u64 = 2;
        return Err(Problem::of(&kinds::SHUTTING_DOWN).retry_after(SECS));
    }
    crate::web::cross_site::guard(request)?;
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    match request.ip() {
        Some(ip) => Ok(request.app().limits.address.check(Subject::address(ip))?),
        None => Ok(()),
    }
}

/// The first is one step away, whatever comes after it.
fn hottest_first(mut filters: Vec<BoxedFilter<(Response,)>>) -> BoxedFilter<(Response,)> {
    let rest = filters.split_off(filters.len().min(1));
    match filters.pop() {
        Some(first) if !rest.is_empty() => first.or(balanced(rest)).unify().boxed(),
        Some(first) => first,
        None => balanced(rest),
    }
}

fn balanced(mut filters: Vec<BoxedFilter<(Response,)>>) -> BoxedFilter<(Response,)> {
    match filters.len() {
        0 => warp::any().and_then(|| std::future::ready(Err(warp::reject::not_found()))).boxed(),
        1 => filters.remove(0),
        n => {
            let later = filters.split_off(n.div_ceil(2));
            balanced(filters).or(balanced(later)).unify().boxed()
        }
    }
}
